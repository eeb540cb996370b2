import { Document } from 'yaml';

/** YAML with a comment at its top. Long texts stay in one piece. */
export function yamlText(value: object, head: readonly string[]): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = head.map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0 });
}
