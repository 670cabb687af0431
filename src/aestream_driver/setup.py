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
        "console_scripts": ["driver_node = aestream_driver.ros.node:main"],
        "rclpy_components": ["aestream_driver::DriverNode = aestream_driver.ros.node:DriverNode"],
    },
    zip_safe=True,
    description="Events from the simulator or a recording into ROS 2.",
    license="Apache-2.0",
)
