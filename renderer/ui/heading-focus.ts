// After a navigation the next page's heading takes the focus, so that screen readers say where one is. The frame asks
// for it; the page that appears (perhaps later, when its code has loaded) takes it once.

let wanted = false;

export function expectHeadingFocus(): void {
  wanted = true;
}

export function takeHeadingFocus(): boolean {
  const was = wanted;
  wanted = false;
  return was;
}
