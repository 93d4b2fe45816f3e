// One editor per field kind. The map is exhaustive: a new kind does not compile without its editor.

import { Link } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { FieldKind } from "#shared/model/field-value.ts";
import { ChoiceInput, MultiChoiceInput, PeopleInput, PersonInput, YesNoInput } from "./choice-inputs.tsx";
import classes from "./fields.module.css";
import { draftText, type InputProps } from "./input-props.ts";
import { RelationInput, RelationsInput } from "./relation-inputs.tsx";
import { AddressInput, DateInput, LongTextInput, textInput } from "./text-inputs.tsx";

/** Rich text is written in its document, together with others; here it is only read. */
const RichTextWords = ({ draft }: InputProps) => (
  <p className={classes.longWords}>
    {draftText(draft)} <Link to="/projects">Open its project to write</Link>
  </p>
);

const inputs: Readonly<Record<FieldKind, ComponentType<InputProps>>> = {
  text: textInput(),
  longText: LongTextInput,
  richText: RichTextWords,
  checklist: LongTextInput,
  number: textInput({ inputMode: "decimal" }),
  money: textInput({ inputMode: "decimal" }),
  date: DateInput,
  dateTime: textInput({ type: "datetime-local" }),
  choice: ChoiceInput,
  multiChoice: MultiChoiceInput,
  yesNo: YesNoInput,
  email: textInput({ type: "email" }),
  phone: textInput({ type: "tel" }),
  link: textInput({ type: "url" }),
  address: AddressInput,
  person: PersonInput,
  people: PeopleInput,
  relation: RelationInput,
  relations: RelationsInput,
};

export function AnyInput(props: InputProps) {
  const Input = inputs[props.spec.kind];
  return <Input {...props} />;
}
