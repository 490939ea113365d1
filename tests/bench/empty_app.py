"""What `cdk synth` costs at least: one stack with nothing in it."""

from aws_cdk import App, Stack

app = App()
Stack(app, "Empty")
app.synth()
