// The protocol version: the wire, and nothing else. The relay speaks this one and the one before.

export const PROTOCOL_VERSION = 1;
export const OLDEST_PROTOCOL_VERSION = 1;
export const FEED_SUBPROTOCOL = "drawbridge.1";
