// The Mantine theme: our palettes, and which token each variant of a control is painted with. Mantine's own contrast
// guess judges the light shade, so filled colours are resolved here from tokens that pass AA in both schemes.

import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import classes from "./theme.module.css";

const ink: MantineColorsTuple = [
  "#f1f4fa",
  "#e2e8f3",
  "#c6d0e3",
  "#a3b2cf",
  "#7f92b7",
  "#5d729c",
  "#445983",
  "#31446b",
  "#213154",
  "#14213d",
];
const amber: MantineColorsTuple = [
  "#fff8ea",
  "#ffefcd",
  "#ffdf9c",
  "#fdcc66",
  "#f9b93a",
  "#f2a516",
  "#d08600",
  "#9a6200",
  "#7a4a00",
  "#553300",
];
const brick: MantineColorsTuple = [
  "#fdf0ee",
  "#fadbd7",
  "#f5bcb5",
  "#ef998f",
  "#e5766a",
  "#d6554a",
  "#c43a30",
  "#b02a20",
  "#92211a",
  "#6d1813",
];
const gray: MantineColorsTuple = [
  "#f9fafc",
  "#f3f6fb",
  "#ebeff5",
  "#dfe4ed",
  "#c6d0e3",
  "#7b89a2",
  "#5a6881",
  "#43516c",
  "#26375b",
  "#14213d",
];
const dark: MantineColorsTuple = [
  "#e6ebf4",
  "#b7c2d5",
  "#95a3ba",
  "#66768f",
  "#28344b",
  "#1a2438",
  "#151e30",
  "#0e1524",
  "#0b111d",
  "#0a101c",
];

const plain = { border: "1px solid transparent" };

const filled: Readonly<Record<string, { background: string; hover: string; color: string }>> = {
  ink: { background: "var(--fill)", hover: "var(--bar)", color: "var(--on-ink)" },
  amber: { background: "var(--amber)", hover: "var(--amber-hover)", color: "var(--on-amber)" },
  brick: { background: "var(--danger)", hover: "var(--danger)", color: "var(--panel)" },
};

const light: Readonly<Record<string, { background: string; hover: string; color: string }>> = {
  ink: { background: "var(--internal-tint)", hover: "var(--sel)", color: "var(--text)" },
  amber: { background: "var(--amber-tint)", hover: "var(--amber-tint)", color: "var(--amber-text)" },
  brick: { background: "var(--danger-tint)", hover: "var(--danger-tint)", color: "var(--danger)" },
};

const words: Readonly<Record<string, string>> = {
  ink: "var(--text)",
  amber: "var(--amber-text)",
  brick: "var(--danger)",
};

const variantColorResolver: VariantColorsResolver = (input) => {
  const name = input.color === "red" ? "brick" : (input.color ?? "ink");
  const color = words[name];
  if (input.variant === "white") return { ...plain, background: "#ffffff", hover: "#f1f4fa", color: "#14213d" };
  if (color === undefined) return defaultVariantColorsResolver(input);
  switch (input.variant) {
    case "filled":
      return {
        ...plain,
        ...(filled[name] ?? { background: "var(--fill)", hover: "var(--bar)", color: "var(--on-ink)" }),
      };
    case "light":
      return { ...plain, ...(light[name] ?? { background: "var(--internal-tint)", hover: "var(--sel)", color }) };
    case "default":
    case "outline":
      return { background: "var(--panel)", hover: "var(--hover)", color, border: "1px solid var(--control)" };
    case "subtle":
    case "transparent":
      return {
        ...plain,
        background: "transparent",
        hover: input.variant === "subtle" ? "var(--hover)" : "transparent",
        color,
      };
    default:
      return defaultVariantColorsResolver(input);
  }
};

const shared: Readonly<Record<string, string>> = {
  "--mantine-color-body": "var(--panel)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-bright": "var(--text)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-placeholder": "var(--text-3)",
  "--mantine-color-anchor": "var(--link)",
  "--mantine-color-error": "var(--danger)",
  "--mantine-color-default": "var(--panel)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--control)",
  "--mantine-color-disabled": "var(--bar-3)",
  "--mantine-color-disabled-color": "var(--text-2)",
  "--mantine-color-disabled-border": "var(--bar-3)",
  "--mantine-primary-color-filled": "var(--fill)",
  "--mantine-primary-color-filled-hover": "var(--bar)",
  "--mantine-primary-color-contrast": "var(--on-ink)",
  "--mantine-color-ink-filled": "var(--fill)",
  "--mantine-color-ink-filled-hover": "var(--bar)",
  "--mantine-color-ink-light": "var(--internal-tint)",
  "--mantine-color-ink-light-hover": "var(--sel)",
  "--mantine-color-ink-light-color": "var(--text)",
  "--mantine-color-amber-filled": "var(--amber)",
  "--mantine-color-amber-filled-hover": "var(--amber-hover)",
  "--mantine-color-red-filled": "var(--danger)",
  "--mantine-color-brick-filled": "var(--danger)",
};

/** Mantine's own variables point at our tokens, so unstyled parts of its components follow both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });

const floating = { classNames: { dropdown: classes.floating ?? "" } };

const closeButton = { "aria-label": "Close" };

const dialog = {
  content: classes.modal ?? "",
  header: classes.modal ?? "",
  title: classes.modalTitle ?? "",
  overlay: classes.overlay ?? "",
};

export const theme = createTheme({
  colors: { ink, amber, brick, red: brick, gray, dark },
  primaryColor: "ink",
  primaryShade: { light: 8, dark: 3 },
  black: "#14213d",
  variantColorResolver,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13.5px", md: "14px", lg: "18px", xl: "21px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
  headings: {
    fontFamily: "var(--font)",
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "21px", lineHeight: "28px" },
      h2: { fontSize: "14px", lineHeight: "20px", fontWeight: "600" },
      h3: { fontSize: "13.5px", lineHeight: "20px", fontWeight: "600" },
    },
  },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "3px", sm: "5px", md: "6px", lg: "8px", xl: "10px" },
  defaultRadius: "md",
  shadows: { xs: "none", sm: "none", md: "var(--shadow)", lg: "var(--shadow)", xl: "var(--shadow)" },
  breakpoints: { xs: "22.5em", sm: "48em", md: "64em", lg: "75em", xl: "90em" },
  cursorType: "pointer",
  respectReducedMotion: true,
  // By name, not by import: a component that no first page needs must not come along with its look.
  components: {
    Badge: { defaultProps: { tt: "none", fw: 550, radius: "sm" } },
    Button: { classNames: { root: classes.button ?? "" } },
    Checkbox: { defaultProps: { iconColor: "var(--on-ink)" } },
    Input: { classNames: { input: classes.input ?? "" } },
    InputWrapper: { classNames: { label: classes.label ?? "", error: classes.error ?? "" } },
    // The placeholder is a focusable child that is no menu item: screen readers and axe stumble over it.
    Menu: { defaultProps: { transitionProps: { duration: 120 }, withInitialFocusPlaceholder: false }, ...floating },
    Popover: { defaultProps: { transitionProps: { duration: 140 } }, ...floating },
    HoverCard: floating,
    Select: { classNames: { dropdown: classes.floating ?? "" } },
    SegmentedControl: {
      classNames: {
        root: classes.segments ?? "",
        indicator: classes.segmentPlate ?? "",
        label: classes.segment ?? "",
      },
    },
    Drawer: {
      defaultProps: {
        closeButtonProps: closeButton,
        overlayProps: { color: "var(--scrim)", backgroundOpacity: 1 },
        transitionProps: { duration: 140 },
      },
      classNames: dialog,
    },
    Modal: {
      defaultProps: {
        closeButtonProps: closeButton,
        radius: 12,
        centered: true,
        overlayProps: { color: "var(--scrim)", backgroundOpacity: 1 },
        transitionProps: { duration: 140 },
      },
      classNames: dialog,
    },
    Tooltip: {
      defaultProps: { openDelay: 300, transitionProps: { duration: 100 } },
      classNames: { tooltip: classes.tooltip ?? "" },
    },
  },
});
