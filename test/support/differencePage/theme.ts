/** Colours as VS Code's Dark Modern gives them to a page; pages in the workbench have the real ones. */
const COLOURS: Readonly<Record<string, string>> = {
  'font-family': 'system-ui, sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': 'monospace',
  'editor-font-size': '14px',
  'editor-background': '#1f1f1f',
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  focusBorder: '#0078d4',
  'charts-blue': '#3794ff',
  'charts-orange': '#d18616',
  'editorWidget-background': '#202020',
  'editor-inactiveSelectionBackground': '#3a3d41',
  'list-hoverBackground': '#2a2d2e',
  'list-activeSelectionBackground': '#04395e',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': '#37373d',
  'panel-border': '#2b2b2b',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'dropdown-background': '#313131',
  'dropdown-foreground': '#cccccc',
  'editorHoverWidget-background': '#202020',
  'editorHoverWidget-foreground': '#cccccc',
  'editorHoverWidget-border': '#454545',
  'progressBar-background': '#0078d4',
  errorForeground: '#f85149',
};

export const THEME = `:root {\n${Object.entries(COLOURS)
  .map(([name, value]) => `  --vscode-${name}: ${value};\n`)
  .join('')}}\n`;
