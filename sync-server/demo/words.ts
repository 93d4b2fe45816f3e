// Invented people, companies and places for the demo. Every e-mail and web domain ends in .example, which nobody can own.

type Names = readonly [string, ...string[]];

export type Country = {
  readonly country: string;
  readonly phone: string;
  readonly firstNames: Names;
  readonly lastNames: Names;
  readonly streets: Names;
  readonly cities: readonly [
    readonly [city: string, postalCode: string],
    ...(readonly [city: string, postalCode: string])[],
  ];
  readonly legalForms: Names;
};

export const countries: readonly [Country, ...Country[]] = [
  {
    country: "Germany",
    phone: "+49 30 ",
    firstNames: ["Nadia", "Jonas", "Katrin", "Felix", "Greta", "Emre", "Svenja", "Ole"],
    lastNames: ["Kessler", "Brandt", "Vogelsang", "Yildiz", "Ahrens", "Hohenstein-Wittelsbach", "Krüger", "Sommer"],
    streets: ["Lindenufer 12", "Am Speicher 4", "Goethering 118", "Kirchgasse 7a"],
    cities: [
      ["Berlin", "10557"],
      ["Hamburg", "20457"],
      ["Leipzig", "04109"],
    ],
    legalForms: ["GmbH", "& Söhne", "AG", ""],
  },
  {
    country: "Sweden",
    phone: "+46 8 ",
    firstNames: ["Rosa", "Elsa", "Nils", "Saga", "Viktor", "Åsa", "Linnea"],
    lastNames: ["Lindqvist", "Öberg", "Nyström", "Sandström", "Ek", "Wallin", "Hedlund"],
    streets: ["Hamngatan 22", "Björkvägen 3", "Södra Kajen 41"],
    cities: [
      ["Stockholm", "111 47"],
      ["Malmö", "211 20"],
      ["Umeå", "903 26"],
    ],
    legalForms: ["AB", "", "Gruppen"],
  },
  {
    country: "Spain",
    phone: "+34 91 ",
    firstNames: ["Lucía", "Mateo", "Inés", "Álvaro", "Carmen", "Hugo", "Nuria"],
    lastNames: ["Serrano", "Peña Ortiz", "Castaño", "Ibáñez", "Molina", "Rueda de la Fuente"],
    streets: ["Calle del Faro 9", "Avenida de la Ribera 150", "Plaza Mayor 2"],
    cities: [
      ["Madrid", "28013"],
      ["Valencia", "46002"],
      ["Bilbao", "48009"],
    ],
    legalForms: ["S.A.", "e Hijos", "S.L."],
  },
  {
    country: "Türkiye",
    phone: "+90 212 ",
    firstNames: ["Defne", "Kerem", "Elif", "Mert", "Şule", "Ozan"],
    lastNames: ["Aksoy", "Demir", "Karaca", "Öztürk", "Şahin"],
    streets: ["Liman Caddesi 31", "Çınar Sokak 8", "Köprü Yolu 77"],
    cities: [
      ["İstanbul", "34425"],
      ["İzmir", "35220"],
    ],
    legalForms: ["A.Ş.", "Ltd. Şti."],
  },
  {
    country: "Czechia",
    phone: "+420 2 ",
    firstNames: ["Marek", "Tereza", "Ondřej", "Klára", "Jiří"],
    lastNames: ["Novotný", "Svobodová", "Říha", "Dvořáková", "Beneš"],
    streets: ["Nábřežní 14", "Lipová 6", "Pod Hradem 203"],
    cities: [
      ["Praha", "110 00"],
      ["Brno", "602 00"],
    ],
    legalForms: ["s.r.o.", "a.s."],
  },
  {
    country: "United Kingdom",
    phone: "+44 20 ",
    firstNames: ["Imogen", "Callum", "Priya", "Desmond", "Fiona", "Kwame"],
    lastNames: ["Ashworth", "Okafor", "Featherstonehaugh", "Rao", "MacInnes", "Pemberton"],
    streets: ["14 Quayside Row", "3 Mill Lane", "221 Foundry Street"],
    cities: [
      ["London", "SE1 4YB"],
      ["Leeds", "LS10 1JR"],
      ["Glasgow", "G1 3SL"],
    ],
    legalForms: ["Ltd", "plc", "& Daughters"],
  },
  {
    country: "Japan",
    phone: "+81 3 ",
    firstNames: ["Haruka", "Kenji", "Yui", "Takumi", "Aiko"],
    lastNames: ["Morimoto", "Hayashida", "Ono", "Fujisawa"],
    streets: ["2-11-5 Minatocho", "7-3 Kawabata"],
    cities: [
      ["Tokyo", "105-0013"],
      ["Osaka", "550-0002"],
    ],
    legalForms: ["K.K.", "Holdings"],
  },
  {
    country: "Brazil",
    phone: "+55 11 ",
    firstNames: ["Beatriz", "Thiago", "Luana", "João Pedro", "Iara"],
    lastNames: ["Cavalcanti", "do Nascimento", "Figueiredo", "Assunção"],
    streets: ["Rua do Porto 500", "Travessa das Acácias 18"],
    cities: [
      ["São Paulo", "01310-100"],
      ["Recife", "50030-230"],
    ],
    legalForms: ["Ltda.", "S.A."],
  },
];

export const companyNames: Names = [
  "Vltava",
  "Aurora",
  "Brightwater",
  "Fjordline",
  "Lindqvist",
  "Atelier Nord",
  "Kestrel",
  "Montclair",
  "Sankt Gertrud",
  "Pier 9",
  "Cedar Hill",
  "Silverlake",
  "Ostwind",
  "Marlin",
  "Juniper",
  "Solano",
  "Halcyon",
  "Bluefin",
  "Tamarind",
  "Greywacke",
  "Northgate",
  "Saltmarsh",
  "Ember",
  "Willow & Finch",
  "Copperfield",
  "Polaris",
  "Redwood",
  "Anchorage",
  "Meridian",
  "Larkspur",
  "Quarry Road",
  "Windrose",
];

/** Second half of a company's name with its industry. */
export const trades: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ["Logistics", "Logistics"],
  ["Schools", "Education"],
  ["Housing", "Real estate"],
  ["Cold Storage", "Food"],
  ["Architects", "Architecture"],
  ["Hospital", "Health"],
  ["Property", "Real estate"],
  ["Foods", "Food"],
  ["Marine", "Shipping"],
  ["Robotics", "Engineering"],
  ["Textiles", "Textiles"],
  ["Hotels", "Hospitality"],
  ["Energy", "Energy"],
  ["Instruments", "Engineering"],
  ["Timber", "Building materials"],
  ["Printworks", "Media"],
];

/** Some names in the world are this long, and a list has to live with them. */
export const longCompanyNames: readonly string[] = [
  "Brightwater Housing Co-operative of the Lower Harbour and Adjoining Parishes (in partnership with the Municipal Savings Trust)",
  "Gemeinnützige Wohnungsbaugenossenschaft Hafenrandsiedlung Nord-Ost, Abteilung Instandhaltung und Dachsanierung",
  "Llanfairfechan & Penmaenmawr Quarry Railway Preservation Society Engineering Works",
];

export const jobTitles: Names = [
  "Facility manager",
  "Head of purchasing",
  "Site manager",
  "Managing director",
  "Architect",
  "Finance lead",
  "Project engineer",
  "Office manager",
  "Deputy Director for Estates, Sustainability and Emergency Preparedness",
];

export const dealWorks: Names = [
  "Loading dock canopy",
  "Roof check",
  "Balcony renewal",
  "Cold room doors",
  "Stair towers",
  "Clean room ceiling",
  "Warehouse mezzanine",
  "Gym hall refit",
  "Glazing",
  "Studio extension",
  "Cold store, phase 2",
  "Frame survey",
  "Solar roof",
  "Courtyard cover",
  "Fire escape renewal",
  "Façade insulation",
];

export const nextSteps: Names = [
  "Send references",
  "Wait for drawings",
  "Measure tower B",
  "Budget talk",
  "Call on Monday",
  "Contract draft 2",
  "Confirm 450 panels",
  "Meet on site, 11:00",
];

export const activitySubjects: Names = [
  "Intro call",
  "Site visit",
  "Asked for a quote",
  "Sent the drawings",
  "Budget question",
  "Follow-up on the quote",
  "Load figures",
  "Contract terms",
  "Schedule moved",
  "Snow load sheet",
  "Met at the fair",
  "Delivery dates",
  "Reference visit",
  "Complaint about noise",
  "Thank-you note",
];

export const activityBodies: Names = [
  "They like the light frame and ask whether it fits the existing anchors. I promised an answer this week.",
  "Budget is fixed until the board meets. They will not move on price, but they can move on the date.",
  "Walked the site with the caretaker. Access only through gate 2, height limit 3.80 m, no crane on weekdays.",
  "Short call. Drawings are late because the surveyor is ill. New date: end of the month.",
  "They compare us with two others. What counts: short closure, one contact, proof of the load figures.",
  "Left a message and sent the summary by e-mail.",
  "Good talk about maintenance. They would take a five-year plan if the first year is included.",
];

export const taskTitles: Names = [
  "Send revised quote",
  "Check snow load",
  "Book the crane",
  "Ask for the floor plan",
  "Prepare the contract",
  "Order samples",
  "Call back",
  "Plan the site visit",
  "Compare anchor types",
  "Update the price list",
  "Write the handover note",
  "Photograph the access road",
];
