// What the first set-up asks for, in groups, and the sentence for each answer that will not do.

export type SetUpInput = {
  readonly organization: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
};

type SetUpField = keyof SetUpInput;

export const setUpGroups: readonly {
  readonly id: string;
  readonly label: string;
  readonly fields: readonly SetUpField[];
}[] = [
  { id: "organization", label: "Organization", fields: ["organization"] },
  { id: "you", label: "You", fields: ["name", "email"] },
  { id: "safe", label: "Keep it safe", fields: ["password"] },
];

export function checkSetUp(input: SetUpInput): Partial<Record<SetUpField, string>> {
  return {
    ...(input.organization.trim() === ""
      ? { organization: "Enter the name of your organization, such as Northwind Build." }
      : {}),
    ...(input.name.trim() === "" ? { name: "Enter your name, as others should read it." } : {}),
    ...(/^[^\s@]+@[^\s@]+$/.test(input.email.trim())
      ? {}
      : { email: "Enter an e-mail address, such as ana@northwind.example." }),
    ...(input.password.length < 8 ? { password: "Choose 8 characters or more." } : {}),
  };
}

export const isComplete = (input: SetUpInput): boolean => Object.keys(checkSetUp(input)).length === 0;
