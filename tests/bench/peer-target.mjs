// The relay for a bench of relays that lives outside of this project: the two ways in as targets, and the feed's driver. What a
// target and a driver have to offer is that bench's own interface; what they do is shared with bench:relay.

import { homeOfRoom, liveAccount } from "./relay/accounts.ts";
import { livePath, relayCommand } from "./relay/drawbridge-targets.ts";
import { openFeedSession } from "./relay/feed-session.ts";
import { openTicketStock } from "./relay/ticket-stock.ts";

/** Live documents have to exist before they are opened; `--N` is that bench's number of documents. */
const documents = Number(/^--N=(\d+)$/.exec(process.argv.find((arg) => arg.startsWith("--N=")) ?? "")?.[1] ?? 1_000);

let stock;

const persistent = { persistent: true, durableAck: true };

export const targets = {
  "drawbridge-feed": {
    ...persistent,
    driver: "feed",
    acks: true,
    maxPending: Infinity,
    cmd: (place) => relayCommand(place, 0),
  },
  "drawbridge-live": {
    ...persistent,
    driver: "yws",
    acks: false,
    roomPath: livePath,
    /** A ticket opens one socket, so every look at it is another one. */
    get query() {
      return `?ticket=${stock.take()}`;
    },
    cmd(place) {
      stock = openTicketStock(`ws://127.0.0.1:${place.port}`, liveAccount.token);
      return relayCommand(place, documents);
    },
  },
};

/** Called with `new` by the bench, which takes the session as it is. */
function FeedSession(_target, url) {
  return openFeedSession(url, homeOfRoom);
}

export const drivers = { feed: FeedSession };
