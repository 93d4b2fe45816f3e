// Gives Node the IndexedDB that the device's database needs.
import "fake-indexeddb/auto";
