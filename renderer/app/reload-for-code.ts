// A tab of the version before may ask for code that is gone: the newer one is loaded instead, once.

export function reloadForCode(): void {
  window.addEventListener("vite:preloadError", (event) => {
    const before = Number(sessionStorage.getItem("reloadedForCode") ?? 0);
    if (Date.now() - before < 60_000 || !navigator.onLine) return;
    sessionStorage.setItem("reloadedForCode", String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
}
