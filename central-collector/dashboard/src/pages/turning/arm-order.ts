// The order in which people have put the arms of a crossroads, kept on this machine for each camera.

const KEY = 'ngatu.arms';

type Orders = Readonly<Record<string, readonly string[]>>;

export function storedOrder(camera: string): readonly string[] {
  const order = orders()[camera];
  return Array.isArray(order) ? order.filter((arm) => typeof arm === 'string') : [];
}

/** Null forgets it. */
export function storeOrder(camera: string, order: readonly string[] | null): void {
  const { [camera]: _, ...others } = orders();
  try {
    localStorage.setItem(KEY, JSON.stringify(order === null ? others : { ...others, [camera]: order }));
  } catch {
    // Without storage the order holds until the page is left.
    return;
  }
}

function orders(): Orders {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {}) as Orders;
  } catch {
    return {};
  }
}
