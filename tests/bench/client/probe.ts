// What runs inside the page and takes the times there, so that no round trip of the test driver is in any figure. It is
// put into every page before the app: `installProbe` must not use anything from outside itself.

/** Conditions by name: `rows` in a list, other rows than those, the page's heading, words in the page, the chip's words. */
export type Condition =
  | { readonly kind: "rows" }
  | { readonly kind: "otherRows"; readonly than: string }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "chip"; readonly text: string }
  | { readonly kind: "button"; readonly text: string };

export type Probe = {
  /** ms since the page's navigation started: the end of the frame that painted the first rows of a list. */
  readonly firstRows: Promise<number>;
  readonly longTasks: { readonly start: number; readonly duration: number }[];
  /** When the last trusted click, key or file came in. */
  readonly input: { at: number };
  /** Resolves with the end of the first frame in which the condition holds. */
  painted(condition: Condition): Promise<number>;
  holds(condition: Condition): boolean;
  rows(): string;
  /** Longest time between two frames from now on; returns the function that ends the watch and tells. */
  watchFrames(): () => { readonly longestGap: number; readonly frames: number };
};

declare global {
  var probe: Probe;
}

export function installProbe(): void {
  const rowLinks = (): HTMLAnchorElement[] => [
    ...document.querySelectorAll<HTMLAnchorElement>('[role="grid"] [role="row"] a[href^="/record/"]'),
  ];
  const rows = (): string =>
    rowLinks()
      .map((link) => link.pathname)
      .join(" ");
  const pageHas = (text: string): boolean => document.querySelector("main")?.textContent.includes(text) === true;
  const holds = (condition: Condition): boolean => {
    switch (condition.kind) {
      case "rows":
        return document.querySelector('[role="grid"] [role="row"] a[href^="/record/"]') !== null;
      case "otherRows":
        return rows() !== condition.than && rowLinks().length > 0;
      case "heading":
        return document.querySelector("h1")?.textContent === condition.text;
      case "words":
        return pageHas(condition.text);
      case "chip":
        return document.querySelector(`button[aria-label^="${condition.text}"][aria-label$=", show details"]`) !== null;
      case "button":
        return [...document.querySelectorAll("button")].some(
          (button) => !button.disabled && (button.textContent ?? "").startsWith(condition.text),
        );
    }
  };
  /** A task posted in a frame's callbacks runs after that frame's style, layout and paint. */
  const endOfFrame = (): Promise<number> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.addEventListener("message", () => resolve(performance.now()));
        channel.port1.start();
        channel.port2.postMessage(undefined);
      });
    });
  const painted = (condition: Condition): Promise<number> =>
    new Promise((resolve) => {
      if (holds(condition)) {
        void endOfFrame().then(resolve);
        return;
      }
      const observer = new MutationObserver(() => {
        if (!holds(condition)) return;
        observer.disconnect();
        void endOfFrame().then(resolve);
      });
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    });
  const longTasks: { start: number; duration: number }[] = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push({ start: startTime, duration });
  }).observe({ type: "longtask", buffered: true });
  const input = { at: 0 };
  for (const type of ["click", "keydown", "change"])
    addEventListener(
      type,
      (event) => {
        input.at = event.timeStamp;
      },
      { capture: true },
    );
  const watchFrames = () => {
    let [last, longestGap, frames, watching] = [performance.now(), 0, 0, true];
    const tick = (): void => {
      const now = performance.now();
      longestGap = Math.max(longestGap, now - last);
      last = now;
      frames += 1;
      if (watching) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return () => {
      watching = false;
      return { longestGap: Math.max(longestGap, performance.now() - last), frames };
    };
  };
  globalThis.probe = { firstRows: painted({ kind: "rows" }), longTasks, input, painted, holds, rows, watchFrames };
}
