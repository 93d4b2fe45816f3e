// Hands a file to the person: the browser's own download.

export function download(content: Blob | string, fileName: string): void {
  const blob = typeof content === "string" ? new Blob([content], { type: "application/json" }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the blob after the click; freeing it at once would cancel that.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** "drawbridge-pending-2026-05-14.zip" */
export const datedName = (what: string, ending: "zip" | "json" = "zip"): string =>
  `drawbridge-${what}-${new Date().toISOString().slice(0, 10)}.${ending}`;
