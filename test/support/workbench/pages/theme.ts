/** The themes that pictures are taken in: the name in VS Code's list, and a class that the workbench has while it is shown. */
export const THEMES = {
  dark: { label: 'Dark Modern', shownBy: '.vs-dark' },
  light: { label: 'Light Modern', shownBy: '.vs' },
  'high contrast dark': { label: 'Dark High Contrast', shownBy: '.hc-black' },
  'high contrast light': { label: 'Light High Contrast', shownBy: '.hc-light' },
} as const;

export type Theme = keyof typeof THEMES;
