// The mark: a gate post, a bank post, the deck lowered between them, two chains. Small sizes have their own drawing on
// the pixel grid. Posts take the current colour, the deck is always amber.

type MarkProps = { readonly size?: number; readonly label?: string };

export function Mark({ size = 32, label }: MarkProps) {
  const speech = label === undefined ? { "aria-hidden": true as const } : { role: "img", "aria-label": label };
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" {...speech}>
      {size <= 24 ? (
        <>
          <path d="M14 12 52 41" stroke="currentColor" strokeWidth="5" fill="none" />
          <path d="M4 4h12v56H4zM48 28h12v32H48z" fill="currentColor" />
          <path d="M0 40h64v8H0z" fill="#f2a516" />
        </>
      ) : (
        <>
          <path
            d="M16 11 50 40M16 24 35 40"
            stroke="currentColor"
            strokeWidth="3.5"
            strokeLinecap="round"
            fill="none"
          />
          <path
            d="M9 6h9a2 2 0 0 1 2 2v48a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2ZM46 28h9a2 2 0 0 1 2 2v26a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2V30a2 2 0 0 1 2-2Z"
            fill="currentColor"
          />
          <path d="M4 39h56a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2Z" fill="#f2a516" />
        </>
      )}
    </svg>
  );
}
