import { App, Chart } from "cdk8s";
import { AbTest } from "slipway/cdk8s";
import { name, props } from "./props";

const app = new App();
new AbTest(new Chart(app, "digits"), name, props);
app.synth();
