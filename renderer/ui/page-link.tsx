// A link to another page of the product, for what is shown before the router's code is there as well: until then it is a
// plain link, which works too. Marks itself when it leads to where one is.

import { createContext, useContext, type ComponentType, type ReactNode } from "react";

export type PageLinkProps = {
  readonly to: string;
  readonly className?: string | undefined;
  /** What it keeps of the search part of the address; the plain link keeps nothing. */
  readonly search?: (search: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  readonly children: ReactNode;
};

const PlainLink = ({ to, className, children }: PageLinkProps) => (
  <a href={to} className={className} aria-current={to === window.location.pathname ? "page" : undefined}>
    {children}
  </a>
);

const Shown = createContext<ComponentType<PageLinkProps>>(PlainLink);

/** Below it, links are what the router makes of them. */
export const PageLinks = Shown;

export function PageLink(props: PageLinkProps) {
  const As = useContext(Shown);
  return <As {...props} />;
}
