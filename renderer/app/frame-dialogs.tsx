// The dialogs that belong to no page: palette, shortcut sheet, sign out. Their code is loaded when first asked for.

import { lazy, Suspense } from "react";
import { useDialogs } from "#renderer/ui/dialogs.ts";

const Palette = lazy(async () => ({ default: (await import("#renderer/features/palette/palette.tsx")).Palette }));
const ShortcutSheet = lazy(async () => ({
  default: (await import("#renderer/features/palette/shortcut-sheet.tsx")).ShortcutSheet,
}));
const SignOutDialog = lazy(async () => ({
  default: (await import("#renderer/features/session/sign-out-dialog.tsx")).SignOutDialog,
}));

export function FrameDialogs() {
  const open = useDialogs((state) => state.open);
  return (
    <Suspense fallback={null}>
      {open === "palette" && <Palette />}
      {open === "shortcuts" && <ShortcutSheet />}
      {open === "signOut" && <SignOutDialog />}
    </Suspense>
  );
}
