import * as pulumi from "@pulumi/pulumi";
import { AbTest } from "slipway/pulumi";
import { name, props } from "./props";

// The image that you built from serving-image/Dockerfile: `pulumi config set image registry.example.com/serving@sha256:…`
const image = new pulumi.Config().get("image");

const test = new AbTest(name, { ...props, ...(image !== undefined && { serving: { image } }) });

export const timetable = test.timetable;
