// A link to another page of the product, for what is shown before the router's code is there as well: until then it is a
// plain link, which works too. Marks itself when it leads to where one is.

import { createContext, useContext, type ReactNode } from "react";

export type PageLinkProps = {
  readonly to: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

const plainLink = ({ to, className, children }: PageLinkProps): ReactNode => (
  <a href={to} className={className} aria-current={to === window.location.pathname ? "page" : undefined}>
    {children}
  </a>
);

/** How links are made: below it, as its value says. */
export const PageLinks = createContext<(link: PageLinkProps) => ReactNode>(plainLink);

export const PageLink = (link: PageLinkProps): ReactNode => useContext(PageLinks)(link);
