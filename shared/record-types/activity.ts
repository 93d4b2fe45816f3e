import { defineRecordType } from "./define-record-type.ts";

export const activity = defineRecordType({
  type: "activity",
  label: { one: "Activity", many: "Activities" },
  home: "any",
  placement: "chosen",
  parent: "about",
  fields: {
    channel: {
      kind: "choice",
      label: "Kind",
      options: {
        note: "Note",
        call: "Call",
        meeting: "Meeting",
        email: "E-mail",
        visit: "Visit",
        chat: "Chat",
        sms: "SMS",
      },
    },
    subject: { kind: "text", label: "Subject" },
    body: { kind: "longText", label: "What was said" },
    status: { kind: "choice", label: "Status", options: { planned: "Planned", held: "Held", notHeld: "Not held" } },
    direction: { kind: "choice", label: "Direction", options: { inbound: "Inbound", outbound: "Outbound" } },
    startAt: { kind: "dateTime", label: "Start" },
    endAt: { kind: "dateTime", label: "End" },
    about: { kind: "relation", label: "About", to: "*" },
    contact: { kind: "relation", label: "With", to: "contact" },
    owner: { kind: "person", label: "By" },
  },
  title: "subject",
  list: ["subject", "channel", "startAt", "about", "owner", "status"],
  form: [
    {
      section: "Activity",
      fields: ["channel", "subject", "status", "direction", "startAt", "endAt", "about", "contact", "owner"],
    },
    { section: "Notes", fields: ["body"] },
  ],
});
