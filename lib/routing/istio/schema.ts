import { defaulted, deferrable, list, object, required, type Fields, type Parsed } from "../../core/checks/check";
import { gatewayName, hostName } from "../../core/checks/names";
import { duration, number } from "../../core/checks/values";
import type { IstioRoutingProps } from "./props";

const fields = {
  hosts: required(list(deferrable(hostName))),
  gateways: required(list(deferrable(gatewayName))),
  consecutiveErrors: defaulted(number({ min: 1, max: 1000, whole: true }), 5),
  ejectionTime: defaulted(duration({ min: 1, max: 3600, whole: true }), 30),
} satisfies Fields<IstioRoutingProps>;

export type IstioSettings = Parsed<typeof fields>;

export const parseIstio = object(fields);
