{
 "patcher": {
  "fileversion": 1,
  "appversion": {
   "major": 8,
   "minor": 6,
   "revision": 0,
   "architecture": "x64",
   "modernui": 1
  },
  "classnamespace": "box",
  "rect": [
   80.0,
   90.0,
   1010.0,
   660.0
  ],
  "openinpresentation": 1,
  "default_fontsize": 12.0,
  "default_fontface": 0,
  "default_fontname": "Arial",
  "gridonopen": 1,
  "gridsize": [
   8.0,
   8.0
  ],
  "boxes": [
   {
    "box": {
     "id": "obj-1",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      12.0,
      400.0,
      30.0
     ],
     "text": "latentbridge: drums",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      12.0,
      400.0,
      30.0
     ],
     "fontsize": 20.0,
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-2",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      50.0,
      340.0,
      20.0
     ],
     "text": "1  Link: start `latentbridge play`, wait for the light",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      50.0,
      340.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-3",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      220.0,
      224.0,
      22.0
     ],
     "outlettype": [
      "",
      ""
     ],
     "text": "lb.connect 127.0.0.1 9000 9001"
    }
   },
   {
    "box": {
     "id": "obj-4",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      80.0,
      130.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "host 127.0.0.1",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      76.0,
      120.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-5",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      160.0,
      80.0,
      90.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "port 9000",
     "presentation": 1,
     "presentation_rect": [
      150.0,
      76.0,
      80.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-6",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      260.0,
      80.0,
      90.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "reply 9001",
     "presentation": 1,
     "presentation_rect": [
      240.0,
      76.0,
      80.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-7",
     "maxclass": "led",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      300.0,
      260.0,
      24.0,
      24.0
     ],
     "outlettype": [
      "int"
     ],
     "presentation": 1,
     "presentation_rect": [
      340.0,
      74.0,
      24.0,
      24.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-8",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      320.0,
      84.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/info"
    }
   },
   {
    "box": {
     "id": "obj-9",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 7,
     "patching_rect": [
      20.0,
      354.0,
      154.0,
      22.0
     ],
     "outlettype": [
      "",
      "int",
      "int",
      "int",
      "int",
      "int",
      ""
     ],
     "text": "unpack s i i i i i s"
    }
   },
   {
    "box": {
     "id": "obj-10",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      388.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-11",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      430.0,
      120.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      380.0,
      76.0,
      120.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-12",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      456.0,
      48.0,
      20.0
     ],
     "text": "model",
     "presentation": 1,
     "presentation_rect": [
      380.0,
      50.0,
      48.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-13",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      250.0,
      320.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/sound"
    }
   },
   {
    "box": {
     "id": "obj-14",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      250.0,
      354.0,
      84.0,
      22.0
     ],
     "outlettype": [
      "int",
      ""
     ],
     "text": "unpack i s"
    }
   },
   {
    "box": {
     "id": "obj-15",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      250.0,
      388.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-16",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      250.0,
      430.0,
      220.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      640.0,
      50.0,
      220.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-17",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      250.0,
      456.0,
      48.0,
      20.0
     ],
     "text": "sound",
     "presentation": 1,
     "presentation_rect": [
      590.0,
      50.0,
      48.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-18",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      480.0,
      320.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/error"
    }
   },
   {
    "box": {
     "id": "obj-19",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      480.0,
      354.0,
      84.0,
      22.0
     ],
     "outlettype": [
      "int",
      ""
     ],
     "text": "unpack i s"
    }
   },
   {
    "box": {
     "id": "obj-20",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      480.0,
      388.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-21",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      480.0,
      430.0,
      320.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      640.0,
      76.0,
      320.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-22",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      480.0,
      456.0,
      48.0,
      20.0
     ],
     "text": "error",
     "presentation": 1,
     "presentation_rect": [
      590.0,
      76.0,
      48.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-23",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      500.0,
      340.0,
      20.0
     ],
     "text": "2  Axes: what each does is written in its hint",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      112.0,
      340.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-24",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      20.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Brightness",
     "annotation": "Brightness: moves the sound along the axis brightness, by spectral centroid, +1.7 octaves from end to end. 0 changes nothing.",
     "annotation_name": "Brightness",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Brightness",
       "parameter_shortname": "Bright",
       "parameter_info": "Brightness: moves the sound along the axis brightness, by spectral centroid, +1.7 octaves from end to end. 0 changes nothing.",
       "parameter_annotation_name": "Brightness",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-25",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-26",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      620.0,
      203.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/brightness"
    }
   },
   {
    "box": {
     "id": "obj-27",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-28",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      694.0,
      161.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/brightness"
    }
   },
   {
    "box": {
     "id": "obj-29",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-30",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-31",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      240.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      80.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Attack",
     "annotation": "Attack: moves the sound along the axis attack, by time to rise, +2.1 octaves from end to end. 0 changes nothing.",
     "annotation_name": "Attack",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Attack",
       "parameter_shortname": "Attack",
       "parameter_info": "Attack: moves the sound along the axis attack, by time to rise, +2.1 octaves from end to end. 0 changes nothing.",
       "parameter_annotation_name": "Attack",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-32",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-33",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      620.0,
      175.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/attack"
    }
   },
   {
    "box": {
     "id": "obj-34",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      240.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-35",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      694.0,
      133.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/attack"
    }
   },
   {
    "box": {
     "id": "obj-36",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-37",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-38",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      460.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      140.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Decay",
     "annotation": "Decay: moves the sound along the axis decay, by time to die away, +2.1 octaves from end to end. 0 changes nothing.",
     "annotation_name": "Decay",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Decay",
       "parameter_shortname": "Decay",
       "parameter_info": "Decay: moves the sound along the axis decay, by time to die away, +2.1 octaves from end to end. 0 changes nothing.",
       "parameter_annotation_name": "Decay",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-39",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-40",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      620.0,
      168.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/decay"
    }
   },
   {
    "box": {
     "id": "obj-41",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      460.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-42",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      694.0,
      126.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/decay"
    }
   },
   {
    "box": {
     "id": "obj-43",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-44",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-45",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      680.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      200.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Noisiness",
     "annotation": "Noisiness: moves the sound along the axis noisiness, by spectral flatness, +1.8 dB from end to end. 0 changes nothing.",
     "annotation_name": "Noisiness",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Noisiness",
       "parameter_shortname": "Noisy",
       "parameter_info": "Noisiness: moves the sound along the axis noisiness, by spectral flatness, +1.8 dB from end to end. 0 changes nothing.",
       "parameter_annotation_name": "Noisiness",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-46",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-47",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      620.0,
      196.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/noisiness"
    }
   },
   {
    "box": {
     "id": "obj-48",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      680.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-49",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      694.0,
      154.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/noisiness"
    }
   },
   {
    "box": {
     "id": "obj-50",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-51",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-52",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      900.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      260.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Low End",
     "annotation": "Low End: moves the sound along the axis low_end, by energy below 200 Hz against the rest, +21 dB from end to end. 0 changes nothing.",
     "annotation_name": "Low End",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Low End",
       "parameter_shortname": "Low End",
       "parameter_info": "Low End: moves the sound along the axis low_end, by energy below 200 Hz against the rest, +21 dB from end to end. 0 changes nothing.",
       "parameter_annotation_name": "Low End",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-53",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      900.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-54",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      900.0,
      620.0,
      182.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/low_end"
    }
   },
   {
    "box": {
     "id": "obj-55",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      900.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-56",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      900.0,
      694.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/low_end"
    }
   },
   {
    "box": {
     "id": "obj-57",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      900.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-58",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      900.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-59",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      1120.0,
      530.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      320.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Pitch Drop",
     "annotation": "Pitch Drop: moves the sound along the axis pitch_drop, by fall of the pitch, +2.2 semitones from end to end, of the 39% of places that have one. 0 changes nothing.",
     "annotation_name": "Pitch Drop",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Pitch Drop",
       "parameter_shortname": "P. Drop",
       "parameter_info": "Pitch Drop: moves the sound along the axis pitch_drop, by fall of the pitch, +2.2 semitones from end to end, of the 39% of places that have one. 0 changes nothing.",
       "parameter_annotation_name": "Pitch Drop",
       "parameter_invisible": 0,
       "parameter_mmin": -3.0,
       "parameter_mmax": 3.0,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-60",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      1120.0,
      586.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale -3. 3. 0. 1."
    }
   },
   {
    "box": {
     "id": "obj-61",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1120.0,
      620.0,
      203.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/axis/pitch_drop"
    }
   },
   {
    "box": {
     "id": "obj-62",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1120.0,
      654.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-63",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      1120.0,
      694.0,
      161.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/axis/pitch_drop"
    }
   },
   {
    "box": {
     "id": "obj-64",
     "maxclass": "newobj",
     "numinlets": 6,
     "numoutlets": 1,
     "patching_rect": [
      1120.0,
      728.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "scale 0. 1. -3. 3."
    }
   },
   {
    "box": {
     "id": "obj-65",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1120.0,
      762.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-66",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      820.0,
      120.0,
      20.0
     ],
     "text": "Whole sound",
     "presentation": 1,
     "presentation_rect": [
      520.0,
      112.0,
      120.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-67",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      850.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      520.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Gain",
     "annotation": "Level of the whole mix.",
     "annotation_name": "Gain",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Gain",
       "parameter_shortname": "Gain",
       "parameter_info": "Level of the whole mix.",
       "parameter_annotation_name": "Gain",
       "parameter_invisible": 0,
       "parameter_mmin": -60,
       "parameter_mmax": 6,
       "parameter_type": 0,
       "parameter_unitstyle": 4,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-68",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      906.0,
      126.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/gain"
    }
   },
   {
    "box": {
     "id": "obj-69",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      940.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-70",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      1014.0,
      84.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/gain"
    }
   },
   {
    "box": {
     "id": "obj-71",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      1048.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-72",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      240.0,
      850.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      580.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Variation",
     "annotation": "How much each strike differs from the last: 0 not at all, 0.3 as strikes of one drum do, 1 as another drum of its kind. No two are the same above 0.",
     "annotation_name": "Variation",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Variation",
       "parameter_shortname": "Variation",
       "parameter_info": "How much each strike differs from the last: 0 not at all, 0.3 as strikes of one drum do, 1 as another drum of its kind. No two are the same above 0.",
       "parameter_annotation_name": "Variation",
       "parameter_invisible": 0,
       "parameter_mmin": 0,
       "parameter_mmax": 1,
       "parameter_type": 0,
       "parameter_unitstyle": 1,
       "parameter_initial": [
        0.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-73",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      906.0,
      161.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/variation"
    }
   },
   {
    "box": {
     "id": "obj-74",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      240.0,
      940.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-75",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      1014.0,
      119.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/variation"
    }
   },
   {
    "box": {
     "id": "obj-76",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      240.0,
      1048.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-77",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      460.0,
      850.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      640.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Glide",
     "annotation": "How long place and axes take to where they are sent; 40 ms at the start.",
     "annotation_name": "Glide",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Glide",
       "parameter_shortname": "Glide",
       "parameter_info": "How long place and axes take to where they are sent; 40 ms at the start.",
       "parameter_annotation_name": "Glide",
       "parameter_invisible": 0,
       "parameter_mmin": 0,
       "parameter_mmax": 10000,
       "parameter_type": 0,
       "parameter_unitstyle": 2,
       "parameter_initial": [
        40.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-78",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      906.0,
      133.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/glide"
    }
   },
   {
    "box": {
     "id": "obj-79",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      460.0,
      940.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-80",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      1014.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/glide"
    }
   },
   {
    "box": {
     "id": "obj-81",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      460.0,
      1048.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-82",
     "maxclass": "live.dial",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      680.0,
      850.0,
      44.0,
      48.0
     ],
     "outlettype": [
      "",
      "float"
     ],
     "presentation": 1,
     "presentation_rect": [
      700.0,
      136.0,
      44.0,
      48.0
     ],
     "parameter_enable": 1,
     "varname": "Tempo",
     "annotation": "The tempo of what is synced; 120 at the start. MIDI clock sets it too, and where the beat is.",
     "annotation_name": "Tempo",
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "Tempo",
       "parameter_shortname": "Tempo",
       "parameter_info": "The tempo of what is synced; 120 at the start. MIDI clock sets it too, and where the beat is.",
       "parameter_annotation_name": "Tempo",
       "parameter_invisible": 0,
       "parameter_mmin": 20,
       "parameter_mmax": 300,
       "parameter_type": 0,
       "parameter_unitstyle": 9,
       "parameter_units": "%.0f bpm",
       "parameter_initial": [
        120.0
       ],
       "parameter_initial_enable": 1
      }
     }
    }
   },
   {
    "box": {
     "id": "obj-83",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      906.0,
      133.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/tempo"
    }
   },
   {
    "box": {
     "id": "obj-84",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      680.0,
      940.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-85",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      1014.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/tempo"
    }
   },
   {
    "box": {
     "id": "obj-86",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      680.0,
      1048.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-87",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1820.0,
      50.0,
      340.0,
      20.0
     ],
     "text": "3  Place: where in the space of sounds you are",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      200.0,
      340.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-88",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      2240.0,
      700.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-89",
     "maxclass": "multislider",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      1820.0,
      110.0,
      320.0,
      120.0
     ],
     "outlettype": [
      "",
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      20.0,
      248.0,
      320.0,
      140.0
     ],
     "size": 16,
     "setminmax": [
      -4.0,
      4.0
     ],
     "setstyle": 1,
     "contdata": 1,
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-90",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1820.0,
      80.0,
      320.0,
      20.0
     ],
     "text": "z: the 16 numbers of the place; sounds lie at −3 to 3",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      226.0,
      320.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-91",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1820.0,
      240.0,
      105.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/z"
    }
   },
   {
    "box": {
     "id": "obj-92",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1820.0,
      274.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-93",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      1820.0,
      330.0,
      63.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/z"
    }
   },
   {
    "box": {
     "id": "obj-94",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1820.0,
      364.0,
      119.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend setlist"
    }
   },
   {
    "box": {
     "id": "obj-95",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      1980.0,
      330.0,
      70.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/zi"
    }
   },
   {
    "box": {
     "id": "obj-96",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1980.0,
      364.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-97",
     "maxclass": "bpatcher",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1820.0,
      460.0,
      142.0,
      142.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      360.0,
      248.0,
      142.0,
      142.0
     ],
     "name": "lb.map.maxpat",
     "args": [
      1
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-98",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1820.0,
      436.0,
      240.0,
      20.0
     ],
     "text": "map: right is brighter, up is longer",
     "presentation": 1,
     "presentation_rect": [
      360.0,
      226.0,
      220.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-99",
     "maxclass": "flonum",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      1980.0,
      530.0,
      60.0,
      22.0
     ],
     "outlettype": [
      "",
      "bang"
     ],
     "presentation": 1,
     "presentation_rect": [
      520.0,
      366.0,
      50.0,
      22.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-100",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      1980.0,
      460.0,
      105.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/outside"
    }
   },
   {
    "box": {
     "id": "obj-101",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      1980.0,
      494.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-102",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      1980.0,
      556.0,
      220.0,
      20.0
     ],
     "text": "outside the data (up to 1: within)",
     "presentation": 1,
     "presentation_rect": [
      572.0,
      362.0,
      120.0,
      34.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-103",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      2240.0,
      80.0,
      300.0,
      20.0
     ],
     "text": "morph: keep A, go elsewhere, keep B, then slide",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      402.0,
      300.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-104",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      110.0,
      150.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/morph/store A",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      426.0,
      150.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-105",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2410.0,
      110.0,
      150.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/morph/store B",
     "presentation": 1,
     "presentation_rect": [
      190.0,
      426.0,
      150.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-106",
     "maxclass": "slider",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      150.0,
      200.0,
      20.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      360.0,
      426.0,
      200.0,
      22.0
     ],
     "size": 1.0,
     "floatoutput": 1,
     "orientation": 1,
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-107",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      190.0,
      119.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/morph $1 0."
    }
   },
   {
    "box": {
     "id": "obj-108",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      2470.0,
      150.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/morph"
    }
   },
   {
    "box": {
     "id": "obj-109",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      2470.0,
      184.0,
      98.0,
      22.0
     ],
     "outlettype": [
      "float",
      "float"
     ],
     "text": "unpack 0. 0."
    }
   },
   {
    "box": {
     "id": "obj-110",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2470.0,
      218.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-111",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      2240.0,
      310.0,
      300.0,
      20.0
     ],
     "text": "leaps: all the way, near by, and back",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      226.0,
      240.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-112",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      340.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1.",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      250.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-113",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      340.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 0.3",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      250.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-114",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      374.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/undo",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      276.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-115",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      374.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/redo",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      276.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-116",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      408.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. clap",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      302.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-117",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      408.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. cymbal",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      302.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-118",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      442.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. hat",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      328.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-119",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      442.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. kick",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      328.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-120",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      476.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. percussion",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      354.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-121",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      476.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. rim",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      354.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-122",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2240.0,
      510.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. snare",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      380.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-123",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2430.0,
      510.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/random 1. 1. tom",
     "presentation": 1,
     "presentation_rect": [
      844.0,
      380.0,
      120.0,
      22.0
     ],
     "fontsize": 10.0
    }
   },
   {
    "box": {
     "id": "obj-124",
     "maxclass": "number",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      2640.0,
      110.0,
      60.0,
      22.0
     ],
     "outlettype": [
      "",
      "bang"
     ],
     "presentation": 1,
     "presentation_rect": [
      520.0,
      250.0,
      50.0,
      22.0
     ],
     "parameter_enable": 0,
     "minimum": 1
    }
   },
   {
    "box": {
     "id": "obj-125",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      2704.0,
      110.0,
      60.0,
      20.0
     ],
     "text": "preset",
     "presentation": 1,
     "presentation_rect": [
      572.0,
      252.0,
      60.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-126",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2640.0,
      150.0,
      140.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/preset"
    }
   },
   {
    "box": {
     "id": "obj-127",
     "maxclass": "newobj",
     "numinlets": 0,
     "numoutlets": 1,
     "patching_rect": [
      2830.0,
      110.0,
      98.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "r /lb/preset"
    }
   },
   {
    "box": {
     "id": "obj-128",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2830.0,
      144.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-129",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      2830.0,
      184.0,
      180.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      520.0,
      278.0,
      180.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-130",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      2640.0,
      230.0,
      140.0,
      20.0
     ],
     "text": "words, then Enter",
     "presentation": 1,
     "presentation_rect": [
      520.0,
      306.0,
      140.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-131",
     "maxclass": "textedit",
     "numinlets": 1,
     "numoutlets": 4,
     "patching_rect": [
      2640.0,
      254.0,
      180.0,
      24.0
     ],
     "outlettype": [
      "",
      "int",
      "",
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      520.0,
      328.0,
      180.0,
      24.0
     ],
     "keymode": 1,
     "outputmode": 1,
     "text": "short bright snare",
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-132",
     "maxclass": "newobj",
     "numinlets": 2,
     "numoutlets": 2,
     "patching_rect": [
      2640.0,
      294.0,
      84.0,
      22.0
     ],
     "outlettype": [
      "",
      ""
     ],
     "text": "route text"
    }
   },
   {
    "box": {
     "id": "obj-133",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2640.0,
      328.0,
      70.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "tosymbol"
    }
   },
   {
    "box": {
     "id": "obj-134",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      2640.0,
      362.0,
      126.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend /lb/find"
    }
   },
   {
    "box": {
     "id": "obj-135",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      1120.0,
      80.0,
      20.0
     ],
     "text": "4  Play",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      480.0,
      80.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-136",
     "maxclass": "newobj",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      1300.0,
      98.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "lb.note 1 2."
    }
   },
   {
    "box": {
     "id": "obj-137",
     "maxclass": "kslider",
     "numinlets": 2,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      1150.0,
      336.0,
      53.0
     ],
     "outlettype": [
      "int",
      "int"
     ],
     "presentation": 1,
     "presentation_rect": [
      20.0,
      504.0,
      336.0,
      53.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-138",
     "maxclass": "newobj",
     "numinlets": 3,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      1220.0,
      126.0,
      22.0
     ],
     "outlettype": [
      "float",
      "float"
     ],
     "text": "makenote 100 400"
    }
   },
   {
    "box": {
     "id": "obj-139",
     "maxclass": "newobj",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      1256.0,
      70.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "pack 0 0"
    }
   },
   {
    "box": {
     "id": "obj-140",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      380.0,
      1220.0,
      60.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "36 100",
     "presentation": 1,
     "presentation_rect": [
      370.0,
      534.0,
      60.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-141",
     "maxclass": "toggle",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      380.0,
      1290.0,
      24.0,
      24.0
     ],
     "outlettype": [
      "int"
     ],
     "presentation": 1,
     "presentation_rect": [
      370.0,
      504.0,
      24.0,
      24.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-142",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      410.0,
      1292.0,
      290.0,
      20.0
     ],
     "text": "MIDI of Max too (off: latentbridge listens itself)",
     "presentation": 1,
     "presentation_rect": [
      398.0,
      506.0,
      290.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-143",
     "maxclass": "number",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      1336.0,
      50.0,
      22.0
     ],
     "outlettype": [
      "",
      "bang"
     ],
     "presentation": 1,
     "presentation_rect": [
      440.0,
      534.0,
      50.0,
      22.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-144",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      74.0,
      1338.0,
      50.0,
      20.0
     ],
     "text": "voices",
     "presentation": 1,
     "presentation_rect": [
      492.0,
      536.0,
      50.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-145",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      560.0,
      1220.0,
      90.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "/lb/alloff",
     "presentation": 1,
     "presentation_rect": [
      560.0,
      534.0,
      90.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-146",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      560.0,
      1256.0,
      77.0,
      22.0
     ],
     "text": "s lb.send"
    }
   },
   {
    "box": {
     "id": "obj-147",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      20.0,
      1400.0,
      340.0,
      20.0
     ],
     "text": "5  Keep: the last note becomes a file and a buffer~",
     "presentation": 1,
     "presentation_rect": [
      20.0,
      574.0,
      340.0,
      20.0
     ],
     "fontface": 1
    }
   },
   {
    "box": {
     "id": "obj-148",
     "maxclass": "button",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      20.0,
      1430.0,
      24.0,
      24.0
     ],
     "outlettype": [
      "bang"
     ],
     "presentation": 1,
     "presentation_rect": [
      20.0,
      600.0,
      24.0,
      24.0
     ],
     "parameter_enable": 0
    }
   },
   {
    "box": {
     "id": "obj-149",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 3,
     "patching_rect": [
      20.0,
      1470.0,
      84.0,
      22.0
     ],
     "outlettype": [
      "",
      "",
      ""
     ],
     "text": "lb.capture"
    }
   },
   {
    "box": {
     "id": "obj-150",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 2,
     "patching_rect": [
      20.0,
      1510.0,
      126.0,
      22.0
     ],
     "outlettype": [
      "float",
      "bang"
     ],
     "text": "buffer~ lb.sound"
    }
   },
   {
    "box": {
     "id": "obj-151",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      160.0,
      1510.0,
      91.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "prepend set"
    }
   },
   {
    "box": {
     "id": "obj-152",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      160.0,
      1544.0,
      400.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "presentation": 1,
     "presentation_rect": [
      120.0,
      602.0,
      400.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-153",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      50.0,
      1432.0,
      60.0,
      20.0
     ],
     "text": "capture",
     "presentation": 1,
     "presentation_rect": [
      48.0,
      602.0,
      60.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-154",
     "maxclass": "message",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      600.0,
      1470.0,
      40.0,
      22.0
     ],
     "outlettype": [
      ""
     ],
     "text": "0",
     "presentation": 1,
     "presentation_rect": [
      540.0,
      602.0,
      40.0,
      22.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-155",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      644.0,
      1470.0,
      100.0,
      20.0
     ],
     "text": "play the buffer",
     "presentation": 1,
     "presentation_rect": [
      584.0,
      602.0,
      100.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-156",
     "maxclass": "newobj",
     "numinlets": 1,
     "numoutlets": 1,
     "patching_rect": [
      660.0,
      1510.0,
      63.0,
      22.0
     ],
     "outlettype": [
      "signal"
     ],
     "text": "sig~ 1."
    }
   },
   {
    "box": {
     "id": "obj-157",
     "maxclass": "newobj",
     "numinlets": 3,
     "numoutlets": 2,
     "patching_rect": [
      600.0,
      1544.0,
      140.0,
      22.0
     ],
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "groove~ lb.sound 1"
    }
   },
   {
    "box": {
     "id": "obj-158",
     "maxclass": "newobj",
     "numinlets": 2,
     "numoutlets": 1,
     "patching_rect": [
      600.0,
      1578.0,
      56.0,
      22.0
     ],
     "outlettype": [
      "signal"
     ],
     "text": "*~ 0.5"
    }
   },
   {
    "box": {
     "id": "obj-159",
     "maxclass": "ezdac~",
     "numinlets": 2,
     "numoutlets": 0,
     "patching_rect": [
      600.0,
      1620.0,
      45.0,
      45.0
     ],
     "presentation": 1,
     "presentation_rect": [
      690.0,
      590.0,
      45.0,
      45.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-160",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      650.0,
      1632.0,
      110.0,
      20.0
     ],
     "text": "speakers of Max",
     "presentation": 1,
     "presentation_rect": [
      738.0,
      602.0,
      110.0,
      20.0
     ]
    }
   },
   {
    "box": {
     "id": "obj-161",
     "maxclass": "comment",
     "numinlets": 1,
     "numoutlets": 0,
     "patching_rect": [
      800.0,
      50.0,
      330.0,
      120.0
     ],
     "text": "Every message box can be clicked, and copied into a patch of yours: send it to s lb.send. Whatever latentbridge tells arrives at the receive of its address, as r /lb/axis/brightness. lb.axis, lb.note, lb.map and lb.capture are boxes for your own patches; latentbridge.maxhelp shows them. All addresses: docs/osc.md. No sound, no light: docs/max-live-pd.md.",
     "presentation": 1,
     "presentation_rect": [
      720.0,
      480.0,
      250.0,
      104.0
     ],
     "fontsize": 11.0
    }
   }
  ],
  "lines": [
   {
    "patchline": {
     "source": [
      "obj-4",
      0
     ],
     "destination": [
      "obj-3",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-5",
      0
     ],
     "destination": [
      "obj-3",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-6",
      0
     ],
     "destination": [
      "obj-3",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-3",
      1
     ],
     "destination": [
      "obj-7",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-8",
      0
     ],
     "destination": [
      "obj-9",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-9",
      0
     ],
     "destination": [
      "obj-10",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-10",
      0
     ],
     "destination": [
      "obj-11",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-13",
      0
     ],
     "destination": [
      "obj-14",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-14",
      1
     ],
     "destination": [
      "obj-15",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-15",
      0
     ],
     "destination": [
      "obj-16",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-18",
      0
     ],
     "destination": [
      "obj-19",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-19",
      1
     ],
     "destination": [
      "obj-20",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-20",
      0
     ],
     "destination": [
      "obj-21",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-24",
      0
     ],
     "destination": [
      "obj-25",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-25",
      0
     ],
     "destination": [
      "obj-26",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-26",
      0
     ],
     "destination": [
      "obj-27",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-28",
      0
     ],
     "destination": [
      "obj-29",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-29",
      0
     ],
     "destination": [
      "obj-30",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-30",
      0
     ],
     "destination": [
      "obj-24",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-31",
      0
     ],
     "destination": [
      "obj-32",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-32",
      0
     ],
     "destination": [
      "obj-33",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-33",
      0
     ],
     "destination": [
      "obj-34",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-35",
      0
     ],
     "destination": [
      "obj-36",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-36",
      0
     ],
     "destination": [
      "obj-37",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-37",
      0
     ],
     "destination": [
      "obj-31",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-38",
      0
     ],
     "destination": [
      "obj-39",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-39",
      0
     ],
     "destination": [
      "obj-40",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-40",
      0
     ],
     "destination": [
      "obj-41",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-42",
      0
     ],
     "destination": [
      "obj-43",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-43",
      0
     ],
     "destination": [
      "obj-44",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-44",
      0
     ],
     "destination": [
      "obj-38",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-45",
      0
     ],
     "destination": [
      "obj-46",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-46",
      0
     ],
     "destination": [
      "obj-47",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-47",
      0
     ],
     "destination": [
      "obj-48",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-49",
      0
     ],
     "destination": [
      "obj-50",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-50",
      0
     ],
     "destination": [
      "obj-51",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-51",
      0
     ],
     "destination": [
      "obj-45",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-52",
      0
     ],
     "destination": [
      "obj-53",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-53",
      0
     ],
     "destination": [
      "obj-54",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-54",
      0
     ],
     "destination": [
      "obj-55",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-56",
      0
     ],
     "destination": [
      "obj-57",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-57",
      0
     ],
     "destination": [
      "obj-58",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-58",
      0
     ],
     "destination": [
      "obj-52",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-59",
      0
     ],
     "destination": [
      "obj-60",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-60",
      0
     ],
     "destination": [
      "obj-61",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-61",
      0
     ],
     "destination": [
      "obj-62",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-63",
      0
     ],
     "destination": [
      "obj-64",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-64",
      0
     ],
     "destination": [
      "obj-65",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-65",
      0
     ],
     "destination": [
      "obj-59",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-67",
      0
     ],
     "destination": [
      "obj-68",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-68",
      0
     ],
     "destination": [
      "obj-69",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-70",
      0
     ],
     "destination": [
      "obj-71",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-71",
      0
     ],
     "destination": [
      "obj-67",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-72",
      0
     ],
     "destination": [
      "obj-73",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-73",
      0
     ],
     "destination": [
      "obj-74",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-75",
      0
     ],
     "destination": [
      "obj-76",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-76",
      0
     ],
     "destination": [
      "obj-72",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-77",
      0
     ],
     "destination": [
      "obj-78",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-78",
      0
     ],
     "destination": [
      "obj-79",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-80",
      0
     ],
     "destination": [
      "obj-81",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-81",
      0
     ],
     "destination": [
      "obj-77",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-82",
      0
     ],
     "destination": [
      "obj-83",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-83",
      0
     ],
     "destination": [
      "obj-84",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-85",
      0
     ],
     "destination": [
      "obj-86",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-86",
      0
     ],
     "destination": [
      "obj-82",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-89",
      0
     ],
     "destination": [
      "obj-91",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-91",
      0
     ],
     "destination": [
      "obj-92",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-93",
      0
     ],
     "destination": [
      "obj-94",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-94",
      0
     ],
     "destination": [
      "obj-89",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-95",
      0
     ],
     "destination": [
      "obj-96",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-96",
      0
     ],
     "destination": [
      "obj-89",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-100",
      0
     ],
     "destination": [
      "obj-101",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-101",
      0
     ],
     "destination": [
      "obj-99",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-104",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-105",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-106",
      0
     ],
     "destination": [
      "obj-107",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-107",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-108",
      0
     ],
     "destination": [
      "obj-109",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-109",
      0
     ],
     "destination": [
      "obj-110",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-110",
      0
     ],
     "destination": [
      "obj-106",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-112",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-113",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-114",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-115",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-116",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-117",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-118",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-119",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-120",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-121",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-122",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-123",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-124",
      0
     ],
     "destination": [
      "obj-126",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-126",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-127",
      0
     ],
     "destination": [
      "obj-128",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-128",
      0
     ],
     "destination": [
      "obj-129",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-131",
      0
     ],
     "destination": [
      "obj-132",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-132",
      0
     ],
     "destination": [
      "obj-133",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-133",
      0
     ],
     "destination": [
      "obj-134",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-134",
      0
     ],
     "destination": [
      "obj-88",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-137",
      0
     ],
     "destination": [
      "obj-138",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-138",
      0
     ],
     "destination": [
      "obj-139",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-137",
      1
     ],
     "destination": [
      "obj-138",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-138",
      1
     ],
     "destination": [
      "obj-139",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-139",
      0
     ],
     "destination": [
      "obj-136",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-140",
      0
     ],
     "destination": [
      "obj-138",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-141",
      0
     ],
     "destination": [
      "obj-136",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-136",
      0
     ],
     "destination": [
      "obj-143",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-145",
      0
     ],
     "destination": [
      "obj-146",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-148",
      0
     ],
     "destination": [
      "obj-149",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-149",
      0
     ],
     "destination": [
      "obj-150",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-149",
      1
     ],
     "destination": [
      "obj-151",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-151",
      0
     ],
     "destination": [
      "obj-152",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-154",
      0
     ],
     "destination": [
      "obj-157",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-156",
      0
     ],
     "destination": [
      "obj-157",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-157",
      0
     ],
     "destination": [
      "obj-158",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-158",
      0
     ],
     "destination": [
      "obj-159",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "obj-158",
      0
     ],
     "destination": [
      "obj-159",
      1
     ]
    }
   }
  ]
 }
}
