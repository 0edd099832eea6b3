import { App, Chart } from "cdk8s";
import { BlueGreenPair } from "slipway/cdk8s";
import { name, props } from "./props";

const app = new App();
new BlueGreenPair(new Chart(app, "digits"), name, props);
app.synth();
