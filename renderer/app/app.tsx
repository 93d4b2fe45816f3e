// Which of the four worlds is shown: opening, first set-up, sign-in, or the product itself.

import { Link, RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { useSession } from "#renderer/data/hooks.tsx";
import { PageLinks, type PageLinkProps } from "#renderer/ui/page-link.tsx";
import { Opening } from "./opening.tsx";
import { router } from "./routes.tsx";

const SignInPage = lazy(async () => ({
  default: (await import("#renderer/features/session/sign-in-page.tsx")).SignInPage,
}));
const SetUpPage = lazy(async () => ({
  default: (await import("#renderer/features/session/set-up-page.tsx")).SetUpPage,
}));
const ClosedPage = lazy(async () => ({
  default: (await import("#renderer/features/session/closed-page.tsx")).ClosedPage,
}));
const AcceptInvitationPage = lazy(async () => ({
  default: (await import("#renderer/features/session/accept-invitation-page.tsx")).AcceptInvitationPage,
}));
const RelayAddressPage = lazy(async () => ({
  default: (await import("#renderer/features/desktop/relay-address-page.tsx")).RelayAddressPage,
}));

export function App({ relayUrl }: { readonly relayUrl: string }) {
  const session = useSession();
  const { host } = new URL(relayUrl);
  switch (session.kind) {
    case "starting":
      return <Opening />;
    case "needsSetUp":
      return (
        <Suspense fallback={<Opening />}>
          <SetUpPage host={host} />
        </Suspense>
      );
    case "signedOut":
      return (
        <Suspense fallback={<Opening />}>
          <Entrance host={host} />
        </Suspense>
      );
    case "closed":
      return (
        <Suspense fallback={<Opening />}>
          <ClosedPage organization={session.organization} closed={session.closed} />
        </Suspense>
      );
    case "signedIn":
      return (
        <PageLinks value={routerLink}>
          <RouterProvider router={router} key={session.me.id} />
        </PageLinks>
      );
  }
}

const routerLink = (link: PageLinkProps): ReactNode => <Link {...link} activeOptions={{ exact: true }} />;

/** `/invite#secret`: behind the # so that no server and no proxy writes it down. */
function invitationSecret(): string | undefined {
  const { pathname, hash } = window.location;
  return pathname === "/invite" && hash.length > 1 ? hash.slice(1) : undefined;
}

/** The invitation one came with, or sign-in; in the desktop app with a way to another relay, should this one be the wrong one. */
function Entrance({ host }: { readonly host: string }) {
  const { desktop } = window;
  const [choosing, setChoosing] = useState(false);
  const [secret, setSecret] = useState(invitationSecret);
  if (secret !== undefined) {
    const leaveTo = (path: string): void => {
      window.history.replaceState(null, "", path);
      setSecret(undefined);
    };
    return (
      <AcceptInvitationPage
        secret={secret}
        host={host}
        onAccepted={(space) => void router.navigate({ to: space === "" ? "/" : `/spaces/${space}`, replace: true })}
        onSignIn={() => leaveTo("/")}
      />
    );
  }
  if (desktop === undefined) return <SignInPage host={host} />;
  if (!choosing) return <SignInPage host={host} onOtherServer={() => setChoosing(true)} />;
  return (
    <RelayAddressPage
      desktop={desktop}
      onChosen={() => window.location.assign("/")}
      onCancel={() => setChoosing(false)}
    />
  );
}
