import type { Memory, Secrets } from '../../../src/extension/accounts/storage.ts';

/** `context.globalState`: keeps what JSON keeps. */
export class FakeMemory implements Memory {
  readonly texts = new Map<string, string>();

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as vscode.Memento has it
  get<T>(key: string): T | undefined {
    const text = this.texts.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  async update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.texts.delete(key);
    else this.texts.set(key, JSON.stringify(value));
  }
}

/** `context.secrets`. */
export class FakeSecrets implements Secrets {
  readonly texts = new Map<string, string>();

  async get(key: string): Promise<string | undefined> {
    return this.texts.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    this.texts.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.texts.delete(key);
  }
}
