"""Physics, geometry and engineering."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import array, number, program


@program(array(2), array(2), 0.05, 10, tags="ode leap-frog")
def harmonic_orbit(x, v, dt, steps):
    for _ in range(steps):
        r2 = np.dot(x, x)
        v = v - dt * x / r2**1.5
        x = x + dt * v
    return np.dot(v, v) - 1.0 / np.sqrt(np.dot(x, x))


def lorenz(state, sigma, rho, beta):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


@program(array(3), number(), number(), tags="ode rk4")
def runge_kutta_lorenz(state, sigma, rho):
    h = 0.02
    for _ in range(4):
        k1 = lorenz(state, 10 * sigma, 28 * rho, 8 / 3)
        k2 = lorenz(state + 0.5 * h * k1, 10 * sigma, 28 * rho, 8 / 3)
        k3 = lorenz(state + 0.5 * h * k2, 10 * sigma, 28 * rho, 8 / 3)
        k4 = lorenz(state + h * k3, 10 * sigma, 28 * rho, 8 / 3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.sum(state**2)


@program(number(2.0, 3.0), number(0.8, 0.9), tags="events")
def bouncing_ball(height, restitution):
    y, v, t, dt = height, 0.0, 0.0, 0.05
    path = 0.0
    while t < 2.0:
        v -= 9.81 * dt
        y += v * dt
        if y < 0.0:
            y = -restitution * y
            v = -restitution * v
        path += y * dt
        t += dt
    return path


@program(array(3, low=1.3, high=1.6), number(0.1, 0.3), tags="snell")
def ray_through_layers(indices, angle):
    current = 1.0
    offset = 0.0
    for n in indices:
        sine = current * math.sin(angle) / n
        if abs(sine) >= 1.0:
            return -1.0
        angle = math.asin(sine)
        offset += math.tan(angle)
        current = n
    return offset


@program(array(3), array(3), array(3), tags="geometry")
def triangle_area_and_angle(a, b, c):
    u, v = b - a, c - a
    area = 0.5 * np.linalg.norm(np.cross(u, v))
    angle = np.arccos(np.clip(u @ v / np.sqrt((u @ u) * (v @ v) + 1e-3), -0.999, 0.999))
    return area * angle


@program(number(), number(), number(), tags="trigonometry")
def great_circle(lat, lon, other):
    a = math.sin(0.5 * (lat - other)) ** 2 + math.cos(lat) * math.cos(other) * math.sin(0.5 * lon) ** 2
    return 2.0 * math.atan2(math.sqrt(a), math.sqrt(1.0 - a)) * math.hypot(lat, lon)


@program(array(4), number(), tags="rotation quaternion")
def quaternion_rotation(q, angle):
    w, x, y, z = q / np.sqrt(np.sum(q * q))
    R = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    p = R @ np.array([np.cos(angle), np.sin(angle), 1.0])
    return p[0] * p[1] + p[2]


@program(array(8), number(0.1, 0.2), 4, tags="pde functional")
def advection_upwind(u, courant, steps):
    for _ in range(steps):
        u = u - courant * u * (u - np.roll(u, 1))
    return np.sum(u * u)


@program(array(5), number(0.1, 0.2), tags="pde implicit thomas")
def implicit_heat_step(d, r):
    n = len(d)
    c = [0.0] * n
    x = [0.0] * n
    c[0] = -r / (1.0 + 2.0 * r)
    x[0] = d[0] / (1.0 + 2.0 * r)
    for i in range(1, n):
        m = 1.0 + 2.0 * r + r * c[i - 1]
        c[i] = -r / m
        x[i] = (d[i] + r * x[i - 1]) / m
    for i in range(n - 2, -1, -1):
        x[i] = x[i] - c[i] * x[i + 1]
    return sum(v * v for v in x)


@program(array(4), array(4), number(), tags="n-body pairs")
def coulomb_pairs(x, y, softening):
    n = x.size
    energy = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            energy += 0.5 / np.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 + softening)
    return energy


@program(array(3, low=0.1, high=0.3), array(3), tags="robotics")
def forward_kinematics(angles, lengths):
    x = y = heading = 0.0
    for angle, length in zip(angles, lengths):
        heading += angle
        x += length * math.cos(heading)
        y += length * math.sin(heading)
    return (x - 1.0) ** 2 + (y - 1.0) ** 2


@program(number(290.0, 310.0), number(0.9, 1.1), tags="equation of state")
def van_der_waals(temperature, volume):
    a, b, gas = 0.36, 4e-2, 8.3e-3
    p = gas * temperature / (volume - b) - a / volume**2
    if p > 2.0:
        p = 2.0 + math.log(p - 1.0)
    return p * volume


@program(number(0.5, 1.2), number(0.8, 1.2), tags="ray marching")
def sphere_tracing(height, slope):
    t = 0.0
    for _ in range(60):
        px, py = t, height - 0.3 * slope * t
        distance = math.sqrt((px - 3.0) ** 2 + py * py) - 1.0
        if distance < 1e-12:
            break
        t += distance
        if t > 20.0:
            return 0.0
    return t * t


@program(array(3), number(), tags="circuit")
def ladder_impedance(resistances, frequency):
    impedance = 1.0
    for r in reversed(resistances):
        capacitor = 1.0 / (1.0 + frequency * frequency)
        impedance = r + 1.0 / (1.0 / impedance + capacitor)
    return impedance
