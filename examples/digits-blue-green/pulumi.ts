import * as pulumi from "@pulumi/pulumi";
import { BlueGreenPair } from "slipway/pulumi";
import { name, props } from "./props";

// The image that you built from serving-image/Dockerfile: `pulumi config set image registry.example.com/serving@sha256:…`
const image = new pulumi.Config().get("image");

const pair = new BlueGreenPair(name, { ...props, ...(image !== undefined && { serving: { image } }) });

export const liveService = pair.liveService;
export const timetable = pair.timetable;
