// Which of the four worlds is shown: opening, first set-up, sign-in, or the product itself.

import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useSession } from "#renderer/data/hooks.tsx";
import { Opening } from "./opening.tsx";
import { router } from "./routes.tsx";

const SignInPage = lazy(async () => ({
  default: (await import("#renderer/features/session/sign-in-page.tsx")).SignInPage,
}));
const SetUpPage = lazy(async () => ({
  default: (await import("#renderer/features/session/set-up-page.tsx")).SetUpPage,
}));

export function App() {
  const session = useSession();
  switch (session.kind) {
    case "starting":
      return <Opening />;
    case "needsSetUp":
      return (
        <Suspense fallback={<Opening />}>
          <SetUpPage />
        </Suspense>
      );
    case "signedOut":
      return (
        <Suspense fallback={<Opening />}>
          <SignInPage />
        </Suspense>
      );
    case "signedIn":
      return <RouterProvider router={router} key={session.me.id} />;
  }
}
