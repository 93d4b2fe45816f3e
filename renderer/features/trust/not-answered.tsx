// While the relay is asked, and when it does not answer.

import { Alert, Button } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import type { Asked } from "./use-answer.ts";
import classes from "./trust.module.css";

export function NotAnswered({ asked, again }: { readonly asked: Asked<unknown>; readonly again: () => void }) {
  if (asked.kind === "shown") return null;
  return (
    <div className={classes.padded}>
      {asked.kind === "loading" ? (
        <Asking />
      ) : (
        <>
          <Alert color="amber" variant="light" role="alert">
            {asked.message}
          </Alert>
          <Button mt="md" variant="default" onClick={again}>
            Try again
          </Button>
        </>
      )}
    </div>
  );
}
