// Something else is shown until the page is there: the page says so here, once it has what it shows.

import { createContext, useContext, useEffect } from "react";

const nobodyWaits = (): void => undefined;

export const PageShown = createContext<() => void>(nobodyWaits);

export function usePageShown(isShown: boolean): void {
  const say = useContext(PageShown);
  useEffect(() => {
    if (isShown) say();
  }, [say, isShown]);
}
