"""A neural network in plain NumPy that learns to read handwritten digits.

The data are the 1797 images of scikit-learn's digits.  Run it with ``python examples/digits.py``; a line per epoch
shows the progress, and the loss curve is saved as a picture beside this file.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from srcgrad import value_and_grad


def scores(layers, images):
    """One score for each image and digit."""
    activations = images
    for weights, bias in layers[:-1]:
        activations = np.tanh(activations @ weights + bias)
    weights, bias = layers[-1]
    return activations @ weights + bias


@value_and_grad
def loss(layers, images, digits):
    """The mean cross entropy of the network's answers."""
    z = scores(layers, images)
    z = z - np.max(z, axis=1, keepdims=True)
    log_normaliser = np.log(np.sum(np.exp(z), axis=1))
    return np.mean(log_normaliser - z[np.arange(digits.size), digits])


def initial_layers(sizes, generator):
    """Random weights, scaled so that activations keep their size, and zero biases."""
    return [
        (generator.normal(scale=np.sqrt(1.0 / inputs), size=(inputs, outputs)), np.zeros(outputs))
        for inputs, outputs in zip(sizes[:-1], sizes[1:])
    ]


def accuracy(layers, images, digits):
    """The share of images that are read correctly."""
    return float(np.mean(np.argmax(scores(layers, images), axis=1) == digits))


def train(layers, images, digits, test, epochs, generator, batch=32, rate=0.1, momentum=0.9):
    """Stochastic gradient descent with momentum, in place; returns the loss of every batch."""
    velocity = [(np.zeros_like(weights), np.zeros_like(bias)) for weights, bias in layers]
    losses = []
    for epoch in range(1, epochs + 1):
        order = generator.permutation(digits.size)
        progress = tqdm(range(0, digits.size, batch), desc=f"epoch {epoch:2d}/{epochs}", unit="batch")
        for start in progress:
            chosen = order[start : start + batch]
            value, gradient = loss(layers, images[chosen], digits[chosen])
            losses.append(float(value))
            for layer, layer_velocity, layer_gradient in zip(layers, velocity, gradient):
                for parameter, speed, slope in zip(layer, layer_velocity, layer_gradient):
                    speed *= momentum
                    speed -= rate * slope
                    parameter += speed
            if start + batch >= digits.size:
                progress.set_postfix(loss=f"{losses[-1]:.4f}", test=f"{accuracy(layers, *test):.2%}")
    return losses


def save_loss_curve(losses, path):
    """Draw the loss of every batch and its running mean."""
    window = min(50, len(losses))
    smooth = np.convolve(losses, np.full(window, 1.0 / window), mode="valid")
    figure = Figure(figsize=(7.0, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(losses, color="0.8", linewidth=0.8, label="one batch")
    axes.semilogy(np.arange(window - 1, len(losses)), smooth, color="tab:blue", label=f"mean of {window} batches")
    axes.set(xlabel="batch", ylabel="cross entropy", title="Learning to read digits")
    axes.legend()
    figure.savefig(path, dpi=120)


def main():
    """Train the network and report how well it reads digits that it has not seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--hidden", type=int, nargs="*", default=[64, 32], help="sizes of the hidden layers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, default=Path(__file__).with_suffix(".png"))
    options = parser.parse_args()

    generator = np.random.default_rng(options.seed)
    images, digits = load_digits(return_X_y=True)
    train_images, test_images, train_digits, test_digits = train_test_split(
        images / 16.0, digits, test_size=0.25, random_state=options.seed, stratify=digits
    )
    test = (test_images, test_digits)

    layers = initial_layers([images.shape[1], *options.hidden, 10], generator)
    losses = train(layers, train_images, train_digits, test, options.epochs, generator)
    print(f"accuracy on {test_digits.size} unseen images: {accuracy(layers, *test):.2%}")
    save_loss_curve(losses, options.picture)
    print(f"loss curve: {options.picture}")


if __name__ == "__main__":
    main()
