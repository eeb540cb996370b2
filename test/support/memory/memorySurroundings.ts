import type { CallOptions } from '../../../src/engine/pageBlob.ts';
import type { AccountFacts, ContainerFacts, ServiceFacts, Surroundings } from '../../../src/engine/surroundings.ts';
import type { Operation } from './calls.ts';
import type { MemoryService } from './memoryService.ts';
import type { Seam } from './seam.ts';

/** `Surroundings` of the memory service: what a test put into `service.facts`. */
export class MemorySurroundings implements Surroundings {
  readonly endpoint: string;
  readonly account: string | undefined;
  readonly container: string;
  readonly #seam: Seam;
  readonly #service: MemoryService;

  constructor(seam: Seam, service: MemoryService, url: string) {
    const [scheme, , host, container] = url.split('/');
    this.endpoint = `${scheme}//${host}`;
    this.account = host!.split('.')[0];
    this.container = container!;
    this.#seam = seam;
    this.#service = service;
  }

  accountFacts(options?: CallOptions): Promise<AccountFacts> {
    const plain = {
      isPremium: false,
      isHierarchical: false,
      kind: 'StorageV2',
      signInEnds: undefined,
      serviceTime: this.#service.world.now(),
    };
    return this.#ask('accountFacts', this.endpoint, plain, options);
  }

  containerFacts(options?: CallOptions): Promise<ContainerFacts> {
    return this.#ask(
      'containerFacts',
      `${this.endpoint}/${this.container}`,
      { hasImmutabilityPolicy: false, hasLegalHold: false, isPublic: false },
      options,
    );
  }

  serviceFacts(options?: CallOptions): Promise<ServiceFacts> {
    return this.#ask('serviceFacts', this.endpoint, { softDeleteDays: 0 }, options);
  }

  #ask<Facts>(operation: Operation, about: string, plain: Facts, options: CallOptions | undefined): Promise<Facts> {
    const apply = (): Facts => {
      if (operation === 'containerFacts') this.#service.ledger.containerOf(`${about}/any`);
      return { ...plain, ...this.#service.facts.get(about) };
    };
    return this.#seam.call({ operation, writes: false, url: about, options, effect: { apply } });
  }
}
