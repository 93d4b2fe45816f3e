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
const SetPasswordPage = lazy(async () => ({
  default: (await import("#renderer/features/session/set-password-page.tsx")).SetPasswordPage,
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
          <Entrance host={host} ended={session.ended} />
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

/** `/password#secret`, as an invitation. */
function resetSecret(): string | undefined {
  const { pathname, hash } = window.location;
  return pathname === "/password" && hash.length > 1 ? hash.slice(1) : undefined;
}

/** The invitation one came with, or sign-in; in the desktop app with a way to another relay, should this one be the wrong one. */
function Entrance({ host, ended }: { readonly host: string; readonly ended: string | undefined }) {
  const { desktop } = window;
  const [choosing, setChoosing] = useState(false);
  const [secret, setSecret] = useState(invitationSecret);
  const [reset, setReset] = useState(resetSecret);
  if (reset !== undefined) {
    return (
      <SetPasswordPage
        secret={reset}
        host={host}
        onSet={() => void router.navigate({ to: "/", replace: true })}
        onSignIn={() => {
          window.history.replaceState(null, "", "/");
          setReset(undefined);
        }}
      />
    );
  }
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
  if (desktop === undefined) return <SignInPage host={host} ended={ended} />;
  if (!choosing) return <SignInPage host={host} ended={ended} onOtherServer={() => setChoosing(true)} />;
  return (
    <RelayAddressPage
      desktop={desktop}
      onChosen={() => window.location.assign("/")}
      onCancel={() => setChoosing(false)}
    />
  );
}
