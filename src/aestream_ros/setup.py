"""Install aestream_ros."""

from setuptools import find_packages, setup

setup(
    name="aestream_ros",
    version="0.1.0",
    packages=find_packages(include=["aestream_ros", "aestream_ros.*"]),
    package_data={"aestream_ros": ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/aestream_ros"]),
        ("share/aestream_ros", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    extras_require={"test": ["pytest"]},
    zip_safe=True,
    description="What every node of the suite shares.",
    license="Apache-2.0",
)
