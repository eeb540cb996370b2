import type { Call, Interceptor, Operation } from '../memory/calls.ts';
import type { Fault } from '../memory/faults.ts';

/** The first `times` calls of `operation` (to blobs whose URL begins with `url`) suffer `fault`. */
export function firstCalls(operation: Operation, fault: Fault, times = 1, url = ''): Interceptor {
  let left = times;
  return (call) => (call.operation === operation && call.url.startsWith(url) && left-- > 0 ? fault : undefined);
}

/** The nth call from now on, of all operations, suffers `fault`. */
export function nthCall(n: number, fault: Fault): Interceptor {
  let count = 0;
  return () => (count++ === n ? fault : undefined);
}

/** Does `act` right before the nth call from now on. */
export function beforeNthCall(n: number, act: () => void): Interceptor {
  let count = 0;
  return () => {
    if (count++ === n) act();
    return undefined;
  };
}

/** Does `act` right before the first call that `select` takes. */
export function beforeCall(select: (call: Call) => boolean, act: () => void): Interceptor {
  let waiting = true;
  return (call) => {
    if (!waiting || !select(call)) return undefined;
    waiting = false;
    act();
    return undefined;
  };
}
