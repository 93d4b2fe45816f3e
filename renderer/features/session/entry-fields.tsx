// What the pages before the product ask for.

import { PasswordInput, TextInput } from "@mantine/core";

type FieldProps = {
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** The form was refused, and this field may be why. */
  readonly isWrong?: boolean;
};

export function EmailField({
  label,
  description,
  value,
  onValue,
  isWrong = false,
}: FieldProps & { readonly label: string; readonly description?: string }) {
  return (
    <TextInput
      label={label}
      description={description}
      type="email"
      name="email"
      autoComplete="username"
      size="md"
      autoFocus
      value={value}
      error={isWrong}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  );
}

/** `new`: it is being chosen, so the rule for it stands beside it. `current`: it is known already. */
export function PasswordField({
  kind,
  value,
  onValue,
  isWrong = false,
}: FieldProps & { readonly kind: "new" | "current" }) {
  return (
    <PasswordInput
      label="Password"
      description={kind === "new" ? "8 characters or more. A short sentence is easy to remember." : undefined}
      name="password"
      autoComplete={`${kind}-password`}
      size="md"
      value={value}
      error={isWrong}
      onChange={(event) => onValue(event.currentTarget.value)}
      visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
    />
  );
}
