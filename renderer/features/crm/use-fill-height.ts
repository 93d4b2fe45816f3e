// The height from an element's top to the end of the visible page: virtual rows need a box that scrolls by itself.

import { useLayoutEffect, useRef, useState, type RefObject } from "react";

export function useFillHeight<E extends HTMLElement>(): readonly [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [height, setHeight] = useState(480);
  useLayoutEffect(() => {
    const measure = () => {
      const element = ref.current;
      if (element === null) return;
      const main = element.closest("main");
      const bottom =
        main === null ? window.innerHeight : Math.min(window.innerHeight, main.getBoundingClientRect().bottom);
      const padding = main === null ? 0 : Number.parseFloat(getComputedStyle(main).paddingBottom) || 0;
      // Scrolled pages would measure their own offset: the box keeps its place from the top of the page's content.
      const top = element.getBoundingClientRect().top + (main?.scrollTop ?? 0);
      setHeight(Math.max(240, Math.floor(bottom - top - padding)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    const page = ref.current?.parentElement?.parentElement;
    if (page !== null && page !== undefined) observer.observe(page);
    window.addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, []);
  return [ref, height];
}
