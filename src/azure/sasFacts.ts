import type { Secret } from './secret.ts';

/** What a SAS says about itself. Nothing of it is secret: the signature is not here. */
export interface SasFacts {
  /** Permission letters (`sp`); undefined where a stored access policy gives them. */
  readonly permissions: string | undefined;
  /** When it ends (`se`), as written. */
  readonly expires: string | undefined;
  readonly starts: string | undefined;
  /** `b` blob, `bs` blob snapshot, `c` container, `d` directory; undefined for an account SAS. */
  readonly resource: string | undefined;
  /** Account SAS only: `s` service, `c` container, `o` object. */
  readonly resourceTypes: string | undefined;
  readonly userDelegation: boolean;
}

/** Reads the parameters of a SAS that tell why the service refuses it. */
export function factsOf(sas: Secret): SasFacts {
  const query = new URLSearchParams(sas.reveal());
  return {
    permissions: query.get('sp') ?? undefined,
    expires: query.get('se') ?? undefined,
    starts: query.get('st') ?? undefined,
    resource: query.get('sr') ?? undefined,
    resourceTypes: query.get('srt') ?? undefined,
    userDelegation: query.has('skoid'),
  };
}
