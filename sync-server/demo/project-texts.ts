// The words of the three demo projects: what people planned, wrote and said.

import type { AudienceChoice } from "#shared/model/audience.ts";

/** Odd digits: a search through bytes cannot hit them by chance. No client may ever receive these two. */
export const HIDDEN_MARGIN = 31.5737;
export const HIDDEN_NOTE = "Lowest price 41,300: do not go below. Marker kestrel-4471-amber.";

type Who = "ana" | "igor" | "olga" | "carla" | "cem" | "pia";
type Comment = {
  readonly who: Who;
  readonly daysAgo: number;
  readonly audience: AudienceChoice;
  readonly text: string;
  readonly quote?: string;
};

export type ProjectText = {
  readonly name: string;
  readonly client: string;
  readonly status: "planned" | "active";
  readonly lead: Who;
  readonly outsiders: readonly { readonly who: Who; readonly persona: "client" | "partner" }[];
  readonly age: number;
  readonly daysLeft: number;
  readonly budget: number;
  readonly margin: number;
  readonly internalNotes: string;
  readonly summary: string;
  readonly milestones: readonly {
    readonly title: string;
    readonly status: "planned" | "inProgress" | "inReview" | "completed";
    readonly from: number;
    readonly to: number;
    readonly billing?: number;
    readonly description: string;
    readonly acceptance?: string;
  }[];
  readonly tasks: readonly {
    readonly title: string;
    readonly status: "notStarted" | "started" | "completed";
    readonly who: Who;
    readonly due: number;
    readonly milestone: number;
  }[];
  readonly documents: readonly {
    readonly title: string;
    readonly kind: "brief" | "contract" | "spec" | "minutes" | "note";
    readonly status: "draft" | "inReview" | "effective";
    readonly audience: AudienceChoice;
    readonly paragraphs: readonly string[];
    readonly comments: readonly Comment[];
  }[];
  readonly updates: readonly {
    readonly who: Who;
    readonly channel: "meeting" | "call" | "visit" | "note";
    readonly audience: AudienceChoice;
    readonly subject: string;
    readonly body: string;
  }[];
};

const clinicRoof: ProjectText = {
  name: "Clinic roof",
  client: "Harbor Clinic",
  status: "active",
  lead: "igor",
  outsiders: [
    { who: "carla", persona: "client" },
    { who: "cem", persona: "client" },
  ],
  age: 34,
  daysLeft: 57,
  budget: 48_000,
  margin: HIDDEN_MARGIN,
  internalNotes: HIDDEN_NOTE,
  summary:
    "A light steel roof over the clinic's courtyard, built above wards that stay open. Noise only at agreed hours, the crane only on a Saturday.",
  milestones: [
    {
      title: "M1 Survey",
      status: "completed",
      from: -34,
      to: -12,
      billing: 12_400,
      description: "Measure the existing deck, test its anchors, and write down what it carries.",
      acceptance: "All 14 load tests are documented.\nThe clinic has the drawings.",
    },
    {
      title: "M2 Structure",
      status: "inProgress",
      from: -11,
      to: 19,
      billing: 24_000,
      description: "Order the steel, set the anchors, raise the frame on the chosen Saturday.",
      acceptance: "The frame stands and the pull-out of every tenth anchor was checked with the site manager.",
    },
    {
      title: "M3 Handover",
      status: "planned",
      from: 20,
      to: 57,
      billing: 11_600,
      description: "Close the roof, clean the courtyard, hand over the maintenance plan.",
      acceptance: "Walk-through with the clinic without open points.",
    },
  ],
  tasks: [
    { title: "Snow load sheet", status: "started", who: "igor", due: 3, milestone: 1 },
    { title: "Choose the crane Saturday", status: "notStarted", who: "carla", due: 6, milestone: 1 },
    { title: "450 panels delivered", status: "notStarted", who: "igor", due: 14, milestone: 1 },
    { title: "Load test, all 14 points", status: "completed", who: "igor", due: -16, milestone: 0 },
    { title: "Photograph gate 2 and the access road", status: "completed", who: "cem", due: -20, milestone: 0 },
    { title: "Roof plan, revision 3", status: "completed", who: "igor", due: -13, milestone: 0 },
    { title: "Announce the quiet hours to the wards", status: "notStarted", who: "carla", due: 10, milestone: 1 },
    { title: "Maintenance plan", status: "notStarted", who: "ana", due: 45, milestone: 2 },
  ],
  documents: [
    {
      title: "Scope",
      kind: "spec",
      status: "inReview",
      audience: "client",
      paragraphs: [
        "## 1. What we build",
        "A steel roof of 312 square metres over the courtyard of Harbor Clinic, with glass on the south side and insulated panels on the north side.",
        "## 2. How the clinic stays open",
        "Work above the wards happens between 9 and 12 o'clock. The clinic names one quiet day per week. Dust and water are kept out by a closed foil deck that stays until handover.",
        "## 3. Structure",
        "The existing concrete deck carries 2.4 kN/m² after the survey. The new roof adds 0.38 kN/m² and takes the snow load of zone 2a. Between axis C and F the east edge gets a second row of anchors, fixed before the crane arrives.",
        "All anchors are stainless A4, M12 on the west side and M16 on the east side, spaced as in sheet 4. Northwind Build checks the pull-out of every tenth anchor in the presence of the site manager.",
        "## 4. What the clinic provides",
        "Gate 2 open from 05:30 on the chosen Saturday. Power 32 A at the plant room, and water at the loading dock. A quiet hour for the ward below, announced two days ahead.",
        "## 5. Acceptance",
        "M2 is accepted when the clinic has agreed to this revision and the steel order is placed. Later changes make a new revision and ask again.",
      ],
      comments: [
        {
          who: "cem",
          daysAgo: 4,
          audience: "client",
          text: "Which anchor is meant in sheet 4? Ours on the east side are M16.",
          quote: "M16 on the east side",
        },
        { who: "igor", daysAgo: 3, audience: "client", text: "M16, sheet 4 is corrected in the next revision." },
        {
          who: "ana",
          daysAgo: 3,
          audience: "internal",
          text: "M16 costs us 1,140 more than quoted. Do not offer it for free.",
        },
        {
          who: "carla",
          daysAgo: 2,
          audience: "client",
          text: "Please add the ward below to the quiet hour list.",
          quote: "A quiet hour for the ward below",
        },
        { who: "igor", daysAgo: 1, audience: "internal", text: "Ask Olga for the night shift plan first." },
      ],
    },
    {
      title: "Minutes of the kick-off",
      kind: "minutes",
      status: "effective",
      audience: "client",
      paragraphs: [
        "Present: Carla Meyer and Cem Aydin for Harbor Clinic, Ana Ruiz and Igor Petrov for Northwind Build.",
        "Igor leads the project and is the one contact for all questions. Carla approves milestones; Cem knows the building and opens doors.",
        "The crane comes on a Saturday. The clinic proposes two dates within two weeks.",
        "Open: who tells the neighbours on Quay Street about the closure?",
      ],
      comments: [
        {
          who: "carla",
          daysAgo: 20,
          audience: "client",
          text: "We tell the neighbours, our facility team knows them.",
        },
      ],
    },
    {
      title: "Costs and risks",
      kind: "note",
      status: "draft",
      audience: "internal",
      paragraphs: [
        "Steel is ordered at the price of the quote until the end of the month. After that expect four per cent more.",
        "The second row of anchors was not in the quote. Offer it as an option, not as a correction.",
      ],
      comments: [],
    },
  ],
  updates: [
    {
      who: "igor",
      channel: "visit",
      audience: "client",
      subject: "Walk over the deck with Cem",
      body: "All 14 points are accessible. The east edge needs a second row of anchors.",
    },
    {
      who: "ana",
      channel: "note",
      audience: "internal",
      subject: "Discount only above three roofs",
      body: "If the clinic group orders all three roofs we can talk about five per cent.",
    },
    {
      who: "carla",
      channel: "call",
      audience: "client",
      subject: "Crane date",
      body: "The board prefers the second Saturday. Emergency access must stay free until 8 o'clock.",
    },
  ],
};

const dockLevellers: ProjectText = {
  name: "Dock levellers",
  client: "Fjordline Cold Storage",
  status: "active",
  lead: "ana",
  outsiders: [],
  age: 60,
  daysLeft: 21,
  budget: 41_000,
  margin: 22.4,
  internalNotes: "Paid the first two instalments late. Ask before ordering more.",
  summary: "Four dock levellers with insulated curtains, replaced one by one while the cold store keeps running.",
  milestones: [
    {
      title: "Order",
      status: "completed",
      from: -60,
      to: -40,
      billing: 9_000,
      description: "Measure all four docks and order.",
    },
    {
      title: "Docks 1 and 2",
      status: "completed",
      from: -39,
      to: -8,
      billing: 16_000,
      description: "Replace while docks 3 and 4 run double shifts.",
    },
    {
      title: "Docks 3 and 4",
      status: "inProgress",
      from: -7,
      to: 14,
      billing: 16_000,
      description: "Same again; the freezer side stays closed at night.",
    },
    {
      title: "Acceptance",
      status: "planned",
      from: 15,
      to: 21,
      description: "Measure the temperature at the curtains over a weekend.",
    },
  ],
  tasks: [
    { title: "Curtain for dock 3", status: "started", who: "igor", due: 2, milestone: 2 },
    { title: "Night shift plan", status: "notStarted", who: "olga", due: 5, milestone: 2 },
    { title: "Return the old levellers", status: "notStarted", who: "ana", due: 16, milestone: 3 },
    { title: "Wiring of dock 2 checked", status: "completed", who: "igor", due: -10, milestone: 1 },
    { title: "Temperature loggers borrowed", status: "notStarted", who: "igor", due: 15, milestone: 3 },
  ],
  documents: [
    {
      title: "Installation plan",
      kind: "spec",
      status: "effective",
      audience: "everyone",
      paragraphs: [
        "One dock at a time. The store keeps its temperature as long as no two curtains are open together.",
        "Start at 21:00, first truck at 05:00. Whoever is not ready by 04:00 closes the dock and calls the shift leader.",
        "Tools stay in the cage at dock 1.",
      ],
      comments: [
        {
          who: "igor",
          daysAgo: 9,
          audience: "internal",
          text: "Dock 2 took until 04:40. Plan one more person for dock 3.",
        },
      ],
    },
  ],
  updates: [
    {
      who: "igor",
      channel: "visit",
      audience: "internal",
      subject: "Dock 2 finished",
      body: "Works, but the seal on the left side had to be cut on site.",
    },
    {
      who: "ana",
      channel: "call",
      audience: "internal",
      subject: "Payment of the second instalment",
      body: "Comes this week, they say.",
    },
  ],
};

const frameContract: ProjectText = {
  name: "Delta frame contract",
  client: "Delta Supply",
  status: "planned",
  lead: "olga",
  outsiders: [{ who: "pia", persona: "partner" }],
  age: 12,
  daysLeft: 180,
  budget: 120_000,
  margin: 27.1,
  internalNotes: "Their competitor offered three per cent less in spring.",
  summary: "One price list and one delivery promise for panels and anchors over the coming year.",
  milestones: [
    {
      title: "Price list agreed",
      status: "inReview",
      from: -12,
      to: 9,
      description: "Panels, anchors, and what a short-notice delivery costs.",
    },
    {
      title: "Contract signed",
      status: "planned",
      from: 10,
      to: 24,
      description: "One page, one year, ended by either side with three months' notice.",
    },
    { title: "First order", status: "planned", from: 25, to: 60, description: "450 panels for the clinic roof." },
  ],
  tasks: [
    { title: "Confirm 450 panels", status: "notStarted", who: "pia", due: 4, milestone: 0 },
    { title: "Compare last year's prices", status: "completed", who: "ana", due: -3, milestone: 0 },
    { title: "Draft of the contract", status: "started", who: "olga", due: 8, milestone: 1 },
    { title: "Plan deliveries for the first quarter", status: "notStarted", who: "pia", due: 30, milestone: 2 },
  ],
  documents: [
    {
      title: "Terms of the frame contract",
      kind: "contract",
      status: "draft",
      audience: "partner",
      paragraphs: [
        "Delta Supply keeps 600 panels of the standard length in stock and delivers within five working days.",
        "Northwind Build names its expected need on the first of each month. Up to a fifth more is delivered at the same price.",
        "Either side may end the contract with three months' notice.",
      ],
      comments: [
        {
          who: "pia",
          daysAgo: 5,
          audience: "partner",
          text: "Five working days is fine, but not in the last week of December.",
        },
        { who: "olga", daysAgo: 4, audience: "internal", text: "Agreed, as long as January is full." },
      ],
    },
  ],
  updates: [
    {
      who: "pia",
      channel: "note",
      audience: "partner",
      subject: "Capacity in the first quarter",
      body: "We can do 450 panels a month until March, 600 from April.",
    },
  ],
};

export const projectTexts: readonly ProjectText[] = [clinicRoof, dockLevellers, frameContract];
