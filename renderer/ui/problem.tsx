// The sentence of a form that was not taken.

import { Alert } from "@mantine/core";

export function Problem({ message }: { readonly message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <Alert color="brick" variant="light" role="alert" p="sm">
      {message}
    </Alert>
  );
}
