import * as pulumi from "@pulumi/pulumi";
import { CanaryRollout } from "slipway/pulumi";
import { name, props } from "./props";

// The image that you built from serving-image/Dockerfile: `pulumi config set image registry.example.com/serving@sha256:…`
const image = new pulumi.Config().get("image");

const rollout = new CanaryRollout(name, { ...props, ...(image !== undefined && { serving: { image } }) });

export const timetable = rollout.timetable;
