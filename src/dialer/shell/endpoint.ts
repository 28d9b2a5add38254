/** How a switch reaches a device: an extension or browser by its own name, a number over the trunk. */
export const endpointOf = (
  device: { kind: string; address: string },
  switchOptions: { endpointTemplate: string; trunk: string },
): string =>
  device.kind === 'NUMBER'
    ? switchOptions.endpointTemplate.replace('{number}', device.address).replace('{trunk}', switchOptions.trunk)
    : `PJSIP/${device.address}`;
