// What somebody from outside may withdraw their consent to. It takes effect at once (docs/decisions/0023).

export const consentCovers = {
  email: "No e-mails",
  phone: "No calls",
  sharing: "My contact details are not shown to anybody outside the team",
} as const;

export type ConsentCover = keyof typeof consentCovers;

export const consentCoverNames = Object.keys(consentCovers) as readonly ConsentCover[];

export const isConsentCover = (text: string): text is ConsentCover => Object.hasOwn(consentCovers, text);
