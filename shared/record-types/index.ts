// The registry of record types. Adding one = a file in this folder and a word in this list.

import { activity } from "./activity.ts";
import { approval } from "./approval.ts";
import { chainEntry } from "./chain-entry.ts";
import { comment } from "./comment.ts";
import { company } from "./company.ts";
import { contact } from "./contact.ts";
import { decision } from "./decision.ts";
import { deal } from "./deal.ts";
import type { RecordTypeDefinition } from "./define-record-type.ts";
import { document } from "./document.ts";
import { file } from "./file.ts";
import { inboxState } from "./inbox-state.ts";
import { milestone } from "./milestone.ts";
import { project } from "./project.ts";
import { task } from "./task.ts";

export {
  activity,
  approval,
  chainEntry,
  comment,
  company,
  contact,
  deal,
  decision,
  document,
  file,
  inboxState,
  milestone,
  project,
  task,
};

export const recordTypes: readonly RecordTypeDefinition[] = [
  company,
  contact,
  deal,
  activity,
  task,
  project,
  milestone,
  document,
  file,
  comment,
  approval,
  decision,
  chainEntry,
  inboxState,
];

const typesByName = new Map(recordTypes.map((definition) => [definition.type, definition]));

/** Undefined for a type of a newer version: such records are carried and synced, not shown. */
export const findRecordType = (type: string): RecordTypeDefinition | undefined => typesByName.get(type);
