import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { TEST_CERTIFICATE, TEST_KEY } from '../../unit/azure/selfSigned.ts';
import { claimsOf, type Claims } from './tokens.ts';

export interface FakeAccount {
  readonly name: string;
  readonly endpoint: string;
  readonly kind?: string;
  readonly sku?: string;
  readonly hierarchical?: boolean;
  readonly sharedKeys?: boolean;
  readonly rules?: FakeRules;
}

/** As ARM writes them. */
export interface FakeRules {
  readonly versioning?: boolean;
  readonly defaultAction?: 'Allow' | 'Deny';
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled' | 'SecuredByPerimeter';
  readonly softDeleteDays?: number;
  readonly containerSoftDeleteDays?: number;
  /** `immutableStorageWithVersioning` of the account. */
  readonly immutable?: object;
  /** Properties of containers by name; a container without any is there. */
  readonly containers?: Readonly<Record<string, object>>;
  /** Parts that this sign-in may not look at, 403. */
  readonly refuses?: readonly ('blobServices' | 'containers' | 'managementPolicies')[];
  readonly copyScope?: 'AAD' | 'PrivateLink';
  /** Without: the account has no policy, 404. */
  readonly lifecycle?: readonly object[];
}

export interface FakeSubscription {
  readonly id: string;
  readonly name: string;
  readonly accounts: readonly FakeAccount[];
  /** 403 for its accounts. */
  readonly denies?: boolean;
}

export interface FakeTenant {
  readonly id: string;
  readonly name: string;
  readonly subscriptions: readonly FakeSubscription[];
}

export interface FakeArm {
  /** Without slash at the end. */
  readonly url: string;
  readonly tenants: FakeTenant[];
  /** `GET /subscriptions`, without the query. */
  readonly requests: string[];
  readonly tokens: string[];
  /** Audience that tokens must have; the server's own URL unless set. */
  audience: string;
  pageSize: number;
  /** Asked for by a claims challenge unless a token says it. */
  wantedClaims: string | undefined;
  /** Waits before each answer. */
  gate: (path: string) => Promise<void>;
  close(): Promise<void>;
}

/** A small Azure Resource Manager over HTTPS on 127.0.0.1, strict about tokens. This process trusts its certificate afterwards. */
export async function startFakeArm(tenants: readonly FakeTenant[]): Promise<FakeArm> {
  setDefaultCACertificates([...getCACertificates('default'), TEST_CERTIFICATE]);
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (request, response) => {
    answer(arm, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const arm: FakeArm = {
    url,
    tenants: [...tenants],
    requests: [],
    tokens: [],
    audience: url,
    pageSize: 2,
    wantedClaims: undefined,
    gate: async () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return arm;
}

async function answer(arm: FakeArm, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, arm.url);
  arm.requests.push(`${request.method} ${url.pathname}`);
  const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const refuse = (status: number, code: string, headers?: Record<string, string>): void =>
    send(status, { error: { code, message: 'Refused by the test.' } }, headers);

  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const claims = token === undefined ? undefined : claimsOf(token);
  if (!token || !claims || claims.aud !== arm.audience) return refuse(401, 'InvalidAuthenticationToken');
  arm.tokens.push(token);
  if (arm.wantedClaims !== undefined && claims.claims !== arm.wantedClaims) {
    const wanted = Buffer.from(arm.wantedClaims).toString('base64');
    return refuse(401, 'InvalidAuthenticationToken', { 'www-authenticate': `Bearer error="insufficient_claims", claims="${wanted}"` });
  }
  if (!url.searchParams.has('api-version')) return refuse(400, 'MissingApiVersionParameter');
  await arm.gate(url.pathname);
  const one = resourceAt(arm, url.pathname, claims);
  if (one !== undefined)
    return typeof one === 'number' ? refuse(one, one === 403 ? 'AuthorizationFailed' : 'ManagementPolicyNotFound') : send(200, one);
  const items = itemsAt(arm, url.pathname, claims);
  if (typeof items === 'number') return refuse(items, items === 403 ? 'AuthorizationFailed' : 'NotFound');
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(from + arm.pageSize));
  const more = from + arm.pageSize < items.length ? { nextLink: next.href } : {};
  send(200, { value: items.slice(from, from + arm.pageSize), ...more });
}

/** A part of one account, or the status of the refusal; undefined for lists. */
function resourceAt(arm: FakeArm, path: string, { tid }: Claims): object | number | undefined {
  const [, id, name, part] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/rg\/providers\/Microsoft\.Storage\/storageAccounts\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const subscription = arm.tenants.find((one) => one.id === tid)?.subscriptions.find((one) => one.id === id);
  const rules = subscription?.accounts.find((account) => account.name === name)?.rules;
  if (!subscription) return 404;
  const container = /^blobServices\/default\/containers\/(.+)$/.exec(part!)?.[1];
  const what = container === undefined ? part!.split('/')[0]! : 'containers';
  if ((rules?.refuses as readonly string[] | undefined)?.includes(what)) return 403;
  if (container !== undefined) return { properties: rules?.containers?.[container] ?? {} };
  if (part === 'blobServices/default') return { properties: serviceJson(rules) };
  if (part !== 'managementPolicies/default' || !rules?.lifecycle) return 404;
  return { properties: { policy: { rules: rules.lifecycle } } };
}

function serviceJson({ versioning = false, softDeleteDays = 0, containerSoftDeleteDays = 0 }: FakeRules = {}): object {
  const retention = (days: number): object => (days > 0 ? { enabled: true, days } : { enabled: false });
  return {
    isVersioningEnabled: versioning,
    deleteRetentionPolicy: retention(softDeleteDays),
    containerDeleteRetentionPolicy: retention(containerSoftDeleteDays),
  };
}

/** The whole list, or the status of the refusal. */
function itemsAt(arm: FakeArm, path: string, { tid }: Claims): unknown[] | number {
  if (path === '/tenants') return arm.tenants.map(({ id, name }) => ({ id: `/tenants/${id}`, tenantId: id, displayName: name }));
  const subscriptions = arm.tenants.find(({ id }) => id === tid)?.subscriptions ?? [];
  if (path === '/subscriptions') {
    return subscriptions.map(({ id, name }) => ({
      id: `/subscriptions/${id}`,
      subscriptionId: id,
      displayName: name,
      tenantId: tid,
      state: 'Enabled',
    }));
  }
  const id = /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Storage\/storageAccounts$/.exec(path)?.[1];
  const subscription = subscriptions.find((one) => one.id === id);
  if (!subscription) return 404;
  return subscription.denies ? 403 : subscription.accounts.map((account) => accountJson(account, subscription.id));
}

function accountJson(
  { name, endpoint, kind = 'StorageV2', sku = 'Standard_LRS', hierarchical = false, sharedKeys = true, rules }: FakeAccount,
  subscription: string,
): unknown {
  return {
    id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/${name}`,
    name,
    type: 'Microsoft.Storage/storageAccounts',
    location: 'westeurope',
    kind,
    sku: { name: sku, tier: sku.split('_')[0] },
    properties: {
      isHnsEnabled: hierarchical,
      allowSharedKeyAccess: sharedKeys,
      ...(rules?.immutable && { immutableStorageWithVersioning: rules.immutable }),
      ...(rules?.copyScope && { allowedCopyScope: rules.copyScope }),
      ...(rules?.publicNetworkAccess && { publicNetworkAccess: rules.publicNetworkAccess }),
      ...(rules?.defaultAction && { networkAcls: { defaultAction: rules.defaultAction } }),
      provisioningState: 'Succeeded',
      primaryEndpoints: kind === 'FileStorage' ? { file: endpoint } : { blob: `${endpoint}/` },
    },
  };
}
