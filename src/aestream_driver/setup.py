"""Install aestream_driver."""

from setuptools import find_packages, setup

setup(
    name="aestream_driver",
    version="0.1.0",
    packages=find_packages(include=["aestream_driver", "aestream_driver.*"]),
    package_data={"aestream_driver": ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/aestream_driver"]),
        ("share/aestream_driver", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    extras_require={"test": ["pytest"]},
    entry_points={
        "console_scripts": [
            "driver_node = aestream_driver.ros.node:main",
            "event_array_converter = aestream_driver.ros.event_array_converter:main",
        ],
        "rclpy_components": [
            "aestream_driver::DriverNode = aestream_driver.ros.node:DriverNode",
            "aestream_driver::EventArrayConverter = aestream_driver.ros.event_array_converter:EventArrayConverter",
        ],
    },
    zip_safe=True,
    description="Events from a camera, a recording or the simulator into ROS 2.",
    license="Apache-2.0",
)
